import { describe } from '../problems.js';
import { serverOf } from '../server.js';
import { chips } from './chips.js';
import { suggestions } from './suggestions.js';

/** How long typing rests before MISP is asked, in milliseconds. */
const REST_MS = 200;

/**
 * A choice of several things that a MISP has: chosen ones as chips, more by typing, which searches in MISP. What MISP
 * does not have can be typed too.
 */
export function picker({ element, node, name, field, type, prefix, text: fieldText }) {
  const text = (key, values) =>
    node._(`${type}.picker.${key}`, { ...values, interpolation: { escapeValue: false } });
  const id = element.attr('id').replace(/-list$/, '');
  const chosen = chips({ place: element, label: fieldText('label'), text, onRemove: changed });
  const entry = $('<input type="text" autocomplete="off" spellcheck="false">')
    .attr({ id: `${id}-entry`, placeholder: fieldText('placeholder') })
    .appendTo(element);
  const list = suggestions({ id: `${id}-options`, input: entry, place: element, onPick: pick });
  const hint = $('<div class="misp-hint" role="status">').attr('id', `${id}-hint`).appendTo(element);
  describe(entry, `${id}-hint`);
  const server = serverOf(prefix, element, text('which'));
  const url = `misp-workflows/pickers/${field.source}`;
  let request;
  let timer;

  function changed() {
    entry.trigger('change').trigger('focus');
  }
  function add(values) {
    chosen.add(values);
    entry.val('');
    list.close();
    entry.trigger('change');
  }
  /** A galaxy alone is no cluster: its clusters are offered next. */
  const isGalaxy = (value) => field.source === 'clusters' && value.endsWith('=');
  function pick(value) {
    if (!isGalaxy(value)) return add([value]);
    entry.val(value);
    search();
  }
  function search() {
    clearTimeout(timer);
    request?.abort();
    const id = server();
    if (!id) return hint.text(text('noServer'));
    timer = setTimeout(() => {
      request = $.getJSON(url, { server: id, search: entry.val() })
        .done(show)
        .fail((xhr, status) => {
          if (status !== 'abort') show({ problem: text('status', { status: xhr.status }) });
        });
    }, REST_MS);
  }
  function show({ items = [], more, problem }) {
    if (problem) hint.text(problem === 'notDeployed' ? text('notDeployed') : text('away', { problem }));
    else if (more) hint.text(items.length > 0 ? text('more', { count: items.length }) : text('short'));
    else hint.text('');
    chosen.learn(items);
    if (entry.is(':focus')) list.show(items.filter(({ value }) => !chosen.values().includes(value)));
  }

  entry.on('input focus', search).on('blur', () => {
    clearTimeout(timer);
    request?.abort();
    list.close();
    // Chips that are drawn anew would lose a click on them.
    if (isGalaxy(entry.val())) entry.val('');
    else if (entry.val().trim()) add([entry.val()]);
  });
  entry.on('keydown', (event) => {
    const written = entry.val();
    if (event.key === 'Enter') add([written]);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') search();
    else if (event.key === 'Escape' && written !== '') entry.val('');
    else if (event.key === 'Backspace' && written === '') chosen.removeLast();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  entry.on('paste', (event) => {
    const pasted = event.originalEvent.clipboardData.getData('text');
    if (!/[\n,]/.test(pasted)) return;
    event.preventDefault();
    add(partsOf(pasted));
  });
  chosen.add(node[name] ?? []);
  const known = chosen.values();
  if (known.length > 0 && server()) {
    // The value of an id says nothing: names and colours come from MISP, if it answers.
    $.getJSON(`${url}/chosen?${$.param({ server: server(), value: known }, true)}`).done(({ items = [] }) =>
      chosen.learn(items),
    );
  }
  return {
    control: entry,
    read() {
      const typed = entry.val().trim();
      const values = chosen.values();
      return typed && !values.includes(typed) ? [...values, typed] : values;
    },
  };
}

/** Values that are pasted together, in lines or with commas; those in quotes, as in cluster names, do not part them. */
function partsOf(text) {
  return text.match(/(?:"[^"\n]*"|[^\n,])+/g) ?? [];
}
