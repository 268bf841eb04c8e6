import { attachPath } from './hashpath.js';

const OPERATORS = ['in', 'not_in', 'equals', 'not_equals', 'any_value'];
const EMPTY = { selector: '', value: '', operator: '', path: '' };
const ALL_ATTRIBUTES = 'Event._AttributeFlattened.{n}';

/** MISP's filter of an action: folded away until it is used. */
export function filter({ element, node, name, type }) {
  const text = (key, values) =>
    node._(`${type}.filter.${key}`, { ...values, interpolation: { escapeValue: false } });
  const saved = { ...EMPTY, ...node[name] };
  const isSet = Object.values(saved).some((value) => value !== '');
  const details = $('<details>').prop('open', isSet).appendTo(element);
  const summary = $('<summary>').appendTo(details);
  const id = element.attr('id');

  const row = (key, input) => {
    const line = $('<div class="misp-filter-row">').appendTo(details);
    $('<label>').attr('for', `${id}-${key}`).text(text(key)).appendTo(line);
    return input.attr('id', `${id}-${key}`).attr('data-filter', key).appendTo(line);
  };
  const textInput = (key) =>
    $('<input type="text" spellcheck="false">')
      .attr('placeholder', text(`placeholder.${key}`))
      .val(saved[key]);
  const selector = row('selector', textInput('selector').attr('list', `${id}-selectors`));
  const suggestions = $('<datalist>').attr('id', `${id}-selectors`).appendTo(details);
  for (const path of [ALL_ATTRIBUTES, 'Event.Attribute.{n}', 'Event.Object.{n}.Attribute.{n}']) {
    $('<option>').val(path).appendTo(suggestions);
  }
  const path = row('path', textInput('path'));
  const operator = row('operator', $('<select>'));
  for (const option of OPERATORS)
    $('<option>')
      .val(option)
      .text(text(`operators.${option}`))
      .appendTo(operator);
  operator.val(saved.operator || 'in');
  const value = row('value', textInput('value'));
  attachPath({ input: path, node, type, within: () => selector.val() || ALL_ATTRIBUTES });

  const read = () => {
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
    summary.text(
      of ? text('set', { path: where, operator: text(`operators.${how}`), value: what }) : text('all'),
    );
    value.closest('.misp-filter-row').toggle(operator.val() !== 'any_value');
  };
  details.on('input change', refresh);
  refresh();
  return read;
}
