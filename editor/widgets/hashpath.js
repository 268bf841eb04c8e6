import { describe, mark } from '../problems.js';
import { triggersAbove } from '../upstream.js';
import { suggestions } from './suggestions.js';

/** How long typing rests before the runtime is asked, in milliseconds. */
const REST_MS = 200;

/** A hash path: proposes what comes next, and shows what the path finds in the last message. */
export function hashpath({ input, node, type }) {
  attachPath({ input, node, type });
}

/**
 * @param within the path is one inside the items of this selector, if it is given
 * @param usual paths to propose whatever the message is
 */
export function attachPath({ input, node, type, within, usual = [] }) {
  const text = (key, values) =>
    node._(`${type}.path.${key}`, { ...values, interpolation: { escapeValue: false } });
  const box = $('<div class="misp-path-help">').insertAfter(input);
  const list = suggestions({ id: `${input.attr('id')}-options`, input, place: box, onPick: pick });
  const id = `${input.attr('id')}-preview`;
  const preview = $('<div class="misp-preview" role="status">').attr('id', id).appendTo(box);
  describe(input, id);
  const triggers = triggersAbove(node);
  let timer;
  let request;

  const ask = (rest) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      request?.abort();
      request = $.ajax({
        url: 'misp-workflows/try/path',
        type: 'POST',
        contentType: 'application/json',
        data: JSON.stringify({ path: input.val(), selector: within?.(), triggers }),
      }).done(show);
    }, rest);
  };
  function show({ problem, source, trigger, count, values = [], next = [] }) {
    const isFocused = input.is(':focus');
    const offered = [
      ...usual.filter((path) => path !== input.val() && path.startsWith(input.val())),
      ...next,
    ];
    // While it is written, a path that can still become right is not called wrong.
    const words = problem && !(isFocused && offered.length > 0) ? problem : '';
    mark(input, 'runtime', words !== '');
    preview.attr('data-state', words ? 'error' : 'ok');
    preview.text(words || found({ problem, source, trigger, count, values }));
    if (isFocused) list.show([...new Set(offered)].map((path) => ({ value: path, label: path })));
    else list.close();
  }
  function found({ problem, source, trigger, count, values }) {
    if (problem || input.val() === '') return '';
    if (!source) return text('noMessage');
    const on = text(`on.${source}`, { trigger });
    return count === 0 ? text('nothing', { on }) : text('found', { on, count, values: values.join(', ') });
  }
  function pick(path) {
    list.close();
    input.val(path).trigger('change').trigger('focus');
    ask(0);
  }

  input.on('input focus', () => ask(REST_MS)).on('blur', () => ask(0));
  if (input.val()) ask(0);
}
