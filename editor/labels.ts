import type { Registered } from './plugin';
import { applies } from './settings';

/** The text of `label.<value>` with the values of fields in it, lists joined by commas. */
export function labelOf(node: EditorNode, { type, labelBy, fields }: Registered): string {
  if (!labelBy) return node._(`${type}.name`);
  const values: Record<string, string> = {};
  for (const [name, field] of Object.entries(fields)) {
    const isUsed = applies(field, (other) => node[other]);
    const saved = node[name] ?? ('default' in field ? field.default : undefined);
    const value = isUsed ? (saved as string | string[] | undefined) : '';
    const isChoice = field.kind === 'select' && value !== '';
    values[name] = isChoice
      ? node._(`${type}.fields.${name}.options.${value as string}`)
      : [value].flat().join(', ');
  }
  const key = `${type}.label.${String(node[labelBy])}`;
  const list = (setting: unknown) => (setting || []) as string[];
  values.names = [...list(node.tags), ...list(node.clusters)].join(', ');
  const text = node._(key, { ...values, interpolation: { escapeValue: false } });
  return text === key ? node._(`${type}.name`) : text;
}
