import { triggersAbove } from '../upstream.js';

/** How long typing rests before the runtime is asked, in milliseconds. */
const REST_MS = 200;

/** A hash path: proposes what comes next, and shows what the path finds in the last message. */
export function hashpath({ input, node, type }) {
  attachPath({ input, node, type });
}

/**
 * @param within the path is one inside the items of this selector, if it is given
 */
export function attachPath({ input, node, type, within }) {
  const text = (key, values) =>
    node._(`${type}.path.${key}`, { ...values, interpolation: { escapeValue: false } });
  const id = input.attr('id');
  const box = $('<div class="misp-path-help">').insertAfter(input);
  const options = $('<ul role="listbox" class="misp-options">')
    .attr('id', `${id}-options`)
    .hide()
    .appendTo(box);
  const preview = $('<div class="misp-preview" role="status" aria-live="polite">').attr(
    'id',
    `${id}-preview`,
  );
  preview.appendTo(box);
  input.attr({
    role: 'combobox',
    autocomplete: 'off',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
  });
  input.attr({ 'aria-controls': `${id}-options`, 'aria-describedby': `${id}-preview` });
  const triggers = triggersAbove(node);
  let timer;
  let request;
  let active = -1;

  const close = () => {
    options.hide().empty();
    input.attr('aria-expanded', 'false').removeAttr('aria-activedescendant');
    active = -1;
  };
  const ask = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      request?.abort();
      request = $.ajax({
        url: 'misp-workflows/try/path',
        type: 'POST',
        contentType: 'application/json',
        data: JSON.stringify({ path: input.val(), selector: within?.(), triggers }),
      }).done(show);
    }, REST_MS);
  };
  function show({ problem, source, trigger, count, values = [], next = [] }) {
    input.attr('aria-invalid', String(Boolean(problem))).toggleClass('input-error', Boolean(problem));
    preview.attr('data-state', problem ? 'error' : 'ok');
    if (problem) preview.text(problem);
    else if (!source) preview.text(input.val() ? text('noMessage') : '');
    else if (input.val() === '') preview.text('');
    else {
      const on = text(`on.${source}`, { trigger });
      preview.text(
        count === 0 ? text('nothing', { on }) : text('found', { on, count, values: values.join(', ') }),
      );
    }
    offer(next);
  }
  function offer(next) {
    close();
    if (!input.is(':focus') || next.length === 0) return;
    next.forEach((path, index) => {
      $('<li role="option" aria-selected="false">')
        .attr('id', `${id}-option-${index}`)
        .text(path)
        .on('mousedown', (event) => {
          event.preventDefault();
          pick(path);
        })
        .appendTo(options);
    });
    options.show();
    input.attr('aria-expanded', 'true');
  }
  function pick(path) {
    input.val(path).trigger('change').trigger('focus');
    ask();
  }

  input.on('input focus', ask).on('blur', close);
  input.on('keydown', (event) => {
    const items = options.children();
    if (items.length === 0) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      active = (active + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length;
      items.attr('aria-selected', 'false');
      const item = items.eq(active).attr('aria-selected', 'true');
      item[0].scrollIntoView({ block: 'nearest' });
      input.attr('aria-activedescendant', item.attr('id'));
    } else if ((event.key === 'Enter' || event.key === 'Tab') && active >= 0) pick(items.eq(active).text());
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  if (input.val()) ask();
}
