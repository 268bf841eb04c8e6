import { textFrom } from './show';
import type { Registered } from './plugin';
import { applies } from './settings';

/** How many characters a label on the canvas may have: longer ones lie over the next node. */
export const LONGEST = 30;

/** The values of a node's fields as texts, and how many entries its lists have. */
interface Values {
  texts: Record<string, string>;
  count: number;
}

/** What a node does, short enough to be drawn: lists as their number, values cut. */
export function labelOf(node: EditorNode, description: Registered): string {
  const full = fullLabelOf(node, description);
  if (full.length <= LONGEST) return full;
  const { texts, count } = valuesOf(node, description);
  const short = count === 1 ? undefined : textOf(node, description, 'short', { ...texts, count });
  const kind = short ? 'short' : 'label';
  const render = (cutTexts: Record<string, string>) =>
    textOf(node, description, kind, { ...cutTexts, count }) ?? full;
  return fitted(render, texts) ?? cut(short ?? full, LONGEST);
}

/** The text of `label.<value>` with the values of fields in it, lists joined by commas. */
export function fullLabelOf(node: EditorNode, description: Registered): string {
  const { texts, count } = valuesOf(node, description);
  const text = description.labelBy && textOf(node, description, 'label', { ...texts, count });
  return text || node._(`${description.type}.name`);
}

/** The label with its values cut as little as makes it fit; undefined if that does not help. */
function fitted(
  render: (texts: Record<string, string>) => string,
  texts: Record<string, string>,
): string | undefined {
  for (let length = LONGEST; length >= 6; length -= 2) {
    const shortened = Object.entries(texts).map(([name, value]) => [name, cut(value, length)] as const);
    const text = render(Object.fromEntries(shortened));
    if (text.length <= LONGEST) return text;
  }
  return undefined;
}

const cut = (text: string, length: number) =>
  text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;

function textOf(
  node: EditorNode,
  { type, labelBy = '' }: Registered,
  kind: 'label' | 'short',
  values: object,
): string | undefined {
  const key = `${type}.${kind}.${String(node[labelBy])}`;
  const text = textFrom(node, key, values);
  return text === key ? undefined : text;
}

function valuesOf(node: EditorNode, { type, fields }: Registered): Values {
  const texts: Record<string, string> = {};
  let count = 0;
  for (const [name, field] of Object.entries(fields)) {
    const isUsed = applies(field, (other) => node[other]);
    const saved = node[name] ?? ('default' in field ? field.default : undefined);
    const value = isUsed ? (saved as string | string[] | undefined) : '';
    const isChoice = field.kind === 'select' && value !== '';
    texts[name] = isChoice
      ? node._(`${type}.fields.${name}.options.${value as string}`)
      : [value ?? ''].flat().join(', ');
    if ((field.kind === 'list' || field.kind === 'picker') && value) count += value.length;
  }
  const list = (setting: unknown) => (setting || []) as string[];
  texts.names = [...list(node.tags), ...list(node.clusters)].join(', ');
  return { texts, count };
}
