import { serverOf } from '../server.js';

/** How long typing rests before MISP is asked, in milliseconds. */
const REST_MS = 200;

/**
 * A choice of several things that a MISP has: chosen ones as chips, more by typing, which searches in MISP. What MISP
 * does not have can be typed too.
 */
export function picker({ element, input, node, name, field, type, prefix }) {
  const text = (key, values) =>
    node._(`${type}.picker.${key}`, { ...values, interpolation: { escapeValue: false } });
  const placeholder = node._(`${type}.fields.${name}.placeholder`);
  const id = `${element.attr('id')}`.replace(/-list$/, '');
  const chips = $('<div class="misp-chips" role="list">').appendTo(element);
  const entry = $('<input type="text" role="combobox" autocomplete="off" spellcheck="false">')
    .attr({ id: `${id}-entry`, placeholder, 'aria-autocomplete': 'list', 'aria-expanded': 'false' })
    .attr({ 'aria-controls': `${id}-options`, 'aria-describedby': `${id}-hint` })
    .appendTo(element);
  const options = $('<ul role="listbox" class="misp-options">')
    .attr('id', `${id}-options`)
    .hide()
    .appendTo(element);
  const hint = $('<div class="misp-hint" role="status" aria-live="polite">')
    .attr('id', `${id}-hint`)
    .appendTo(element);
  const server = serverOf(prefix, element, text('which'));
  const chosen = [...(node[name] || [])];
  const known = new Map();
  let request;
  let timer;
  let active = -1;
  void input;

  function showChips() {
    chips.empty();
    for (const value of chosen) {
      const { label = value, colour } = known.get(value) ?? {};
      const chip = $('<span class="misp-chip" role="listitem">').attr('data-value', value).appendTo(chips);
      $('<span>').text(label).appendTo(chip);
      if (colour) chip.css({ backgroundColor: colour, color: readable(colour) });
      $('<button type="button">')
        .text('×')
        .attr('aria-label', text('remove', { value: label }))
        .on('click', () => remove(value))
        .appendTo(chip);
    }
  }
  function remove(value) {
    chosen.splice(chosen.indexOf(value), 1);
    showChips();
    entry.trigger('focus');
  }
  function add(values) {
    for (const value of values.map((one) => one.trim()).filter(Boolean)) {
      if (!chosen.includes(value)) chosen.push(value);
    }
    showChips();
    entry.val('');
    close();
  }
  function close() {
    options.hide().empty();
    entry.attr('aria-expanded', 'false').removeAttr('aria-activedescendant');
    active = -1;
  }
  function show({ items = [], more, problem }) {
    options.empty();
    active = -1;
    if (problem) hint.text(problem === 'notDeployed' ? text('notDeployed') : text('away', { problem }));
    else if (more) hint.text(items.length > 0 ? text('more', { count: items.length }) : text('short'));
    else hint.text('');
    items.forEach((item, index) => {
      known.set(item.value, item);
      const option = $('<li role="option" aria-selected="false">')
        .attr('id', `${id}-option-${index}`)
        .data('value', item.value)
        .appendTo(options);
      if (item.colour) $('<span class="misp-colour">').css('background-color', item.colour).appendTo(option);
      $('<span>').text(item.label).appendTo(option);
      if (item.hint) $('<small>').text(item.hint.slice(0, 80)).appendTo(option);
      // Before the entry loses the focus, which would close the list.
      option.on('mousedown', (event) => {
        event.preventDefault();
        pick(item.value);
      });
    });
    options.toggle(items.length > 0);
    entry.attr('aria-expanded', String(items.length > 0));
  }
  /** A galaxy alone is no cluster: its clusters are offered next. */
  function pick(value) {
    if (!value.endsWith('=')) return add([value]);
    entry.val(value);
    search();
  }
  function search() {
    clearTimeout(timer);
    request?.abort();
    const id = server();
    if (!id) return hint.text(text('noServer'));
    timer = setTimeout(() => {
      request = $.getJSON(`misp-workflows/pickers/${field.source}`, { server: id, search: entry.val() })
        .done(show)
        .fail((xhr, status) => {
          if (status !== 'abort') show({ problem: String(xhr.status) });
        });
    }, REST_MS);
  }
  function move(step) {
    const items = options.children();
    if (items.length === 0) return search();
    active = (active + step + items.length) % items.length;
    items.attr('aria-selected', 'false');
    const item = items.eq(active).attr('aria-selected', 'true');
    item[0].scrollIntoView({ block: 'nearest' });
    entry.attr('aria-activedescendant', item.attr('id'));
  }

  entry.on('input', search).on('focus', search);
  entry.on('blur', () => {
    clearTimeout(timer);
    // Chips that are drawn anew would lose a click on them.
    if (entry.val().trim()) add([entry.val()]);
    else close();
  });
  entry.on('keydown', (event) => {
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Enter') {
      const option = options.children().eq(active);
      if (active >= 0 && option.length > 0) pick(option.data('value'));
      else add([entry.val()]);
    } else if (event.key === 'Escape' && options.is(':visible')) {
      entry.val('');
      close();
    } else if (event.key === 'Backspace' && entry.val() === '' && chosen.length > 0) {
      return remove(chosen.at(-1));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  entry.on('paste', (event) => {
    const pasted = event.originalEvent.clipboardData.getData('text');
    if (!/[\n,]/.test(pasted)) return;
    event.preventDefault();
    add(pasted.split(/[\n,]/));
  });
  showChips();
  nameChosen();
  return () => {
    const typed = entry.val().trim();
    return typed && !chosen.includes(typed) ? [...chosen, typed] : [...chosen];
  };

  /** Ids get their names, and tags their colours, when MISP answers. */
  function nameChosen() {
    const id = server();
    if (!id) return;
    for (const value of chosen.slice(0, 10)) {
      const isId = /^\d+$/.test(value);
      $.getJSON(`misp-workflows/pickers/${field.source}`, { server: id, search: isId ? '' : value }).done(
        ({ items = [] }) => {
          for (const item of items) if (item.value === value) known.set(value, item);
          if (known.has(value)) showChips();
        },
      );
    }
  }
}

/** Black or white, whichever can be read on a colour. */
function readable(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 150 ? '#000' : '#fff';
}
