import { textFrom } from '../show';
import type { NodeFilter } from '../../nodes/definition';
import type { Control, Slot } from '../slot';
import { attachPath } from './hashpath';

const OPERATORS = ['in', 'not_in', 'equals', 'not_equals', 'any_value'];
const EMPTY: NodeFilter = { selector: '', value: '', operator: '', path: '' };
const ALL_ATTRIBUTES = 'Event._AttributeFlattened.{n}';
const SELECTORS = [ALL_ATTRIBUTES, 'Event.Attribute.{n}', 'Event.Object.{n}.Attribute.{n}'];

/** MISP's filter of an action: folded away until it is used. */
export function filter({ element, node, name, type }: Slot): Control {
  const text = (key: string, values?: object) => textFrom(node, `${type}.filter.${key}`, values);
  const saved: NodeFilter = { ...EMPTY, ...(node[name] as Partial<NodeFilter> | undefined) };
  const isSet = Object.values(saved).some((value) => value !== '');
  const details = $('<details>').prop('open', isSet).appendTo(element);
  const summary = $('<summary>').appendTo(details);
  const id = element.attr('id') ?? '';

  const row = (key: keyof NodeFilter, input: JQuery) => {
    const line = $('<div class="misp-filter-row">').appendTo(details);
    $('<label>').attr('for', `${id}-${key}`).text(text(key)).appendTo(line);
    input.attr({ id: `${id}-${key}`, 'data-filter': key });
    $('<div>').append(input).appendTo(line);
    return input;
  };
  const textInput = (key: keyof NodeFilter) =>
    $('<input type="text" spellcheck="false">')
      .attr('placeholder', text(`placeholder.${key}`))
      .val(saved[key]);
  const selector = row('selector', textInput('selector'));
  const value = row('value', textInput('value'));
  const operator = row('operator', $('<select>'));
  for (const option of OPERATORS)
    $('<option>')
      .val(option)
      .text(text(`operators.${option}`))
      .appendTo(operator);
  operator.val(saved.operator || 'in');
  const path = row('path', textInput('path'));
  attachPath({ input: selector, node, type, usual: SELECTORS });
  attachPath({ input: path, node, type, within: () => selector.val() || ALL_ATTRIBUTES });

  const read = (): NodeFilter => {
    const filled = selector.val().trim() || path.val().trim() || value.val();
    if (!filled) return { ...EMPTY };
    return {
      selector: selector.val().trim() || ALL_ATTRIBUTES,
      value: operator.val() === 'any_value' ? '' : value.val(),
      operator: operator.val(),
      path: path.val().trim(),
    };
  };
  const refresh = () => {
    const { selector: of, path: where, operator: how, value: what } = read();
    const says = () => text('set', { path: where, operator: text(`says.${how}`), value: what }).trim();
    summary.text(of ? says() : text('all'));
    value.closest('.misp-filter-row').toggle(operator.val() !== 'any_value');
  };
  details.on('input change', refresh);
  refresh();
  return { read };
}
