import { applies } from './settings.js';

/** The text of `label.<value>` with the values of fields in it, lists joined by commas. */
export function labelOf(node, { type, labelBy, fields }) {
  if (!labelBy) return node._(`${type}.name`);
  const values = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = applies(field, (other) => node[other]) ? (node[name] ?? field.default) : '';
    const isChoice = field.kind === 'select' && value !== '';
    values[name] = isChoice ? node._(`${type}.fields.${name}.options.${value}`) : [].concat(value).join(', ');
  }
  const key = `${type}.label.${node[labelBy]}`;
  values.names = [...(node.tags || []), ...(node.clusters || [])].join(', ');
  const text = node._(key, { ...values, interpolation: { escapeValue: false } });
  return text === key ? node._(`${type}.name`) : text;
}
