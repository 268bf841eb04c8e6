import { applies } from './settings.js';

/** How many characters a label on the canvas may have: longer ones lie over the next node. */
export const LONGEST = 30;

/** What a node does, short enough to be drawn: lists as their number, values cut. */
export function labelOf(node, description) {
  const full = fullLabelOf(node, description);
  if (full.length <= LONGEST) return full;
  const values = valuesOf(node, description);
  const short = values.count === 1 ? undefined : textOf(node, description, 'short', values);
  const render = short
    ? (shortened) => textOf(node, description, 'short', shortened)
    : (shortened) => textOf(node, description, 'label', shortened);
  return fitted(render, values) ?? cut(short ?? full, LONGEST);
}

/** The text of `label.<value>` with the values of fields in it, lists joined by commas. */
export function fullLabelOf(node, description) {
  const text = description.labelBy && textOf(node, description, 'label', valuesOf(node, description));
  return text || node._(`${description.type}.name`);
}

/** The label with its values cut as little as makes it fit; undefined if that does not help. */
function fitted(render, values) {
  for (let length = LONGEST; length >= 6; length -= 2) {
    const shortened = Object.entries(values).map(([name, value]) => [name, cut(String(value), length)]);
    const text = render(Object.fromEntries(shortened));
    if (text.length <= LONGEST) return text;
  }
  return undefined;
}

const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text);

function textOf(node, { type, labelBy }, kind, values) {
  const key = `${type}.${kind}.${node[labelBy]}`;
  const text = node._(key, { ...values, interpolation: { escapeValue: false } });
  return text === key ? undefined : text;
}

function valuesOf(node, { type, fields }) {
  const values = {};
  let count = 0;
  for (const [name, field] of Object.entries(fields)) {
    const value = applies(field, (other) => node[other]) ? (node[name] ?? field.default) : '';
    const isChoice = field.kind === 'select' && value !== '';
    values[name] = isChoice ? node._(`${type}.fields.${name}.options.${value}`) : [].concat(value).join(', ');
    if (isList(field)) count += value.length;
  }
  const names = [...(node.tags || []), ...(node.clusters || [])];
  return { ...values, names: names.join(', '), count };
}

const isList = ({ kind }) => kind === 'list' || kind === 'picker';
