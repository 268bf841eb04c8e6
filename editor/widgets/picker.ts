import { textFrom } from '../show';
import type { Answer, PickerAnswer, Problem } from '../../nodes/plugin/api';
import type { PickerItem } from '../../src/misp/picker-item';
import { describe } from '../problems';
import { askMisp, mispOf } from '../server';
import type { Control, Slot } from '../slot';
import { chips } from './chips';
import { suggestions } from './suggestions';

/** How long typing rests before MISP is asked, in milliseconds. */
const REST_MS = 200;

/**
 * A choice of several things that a MISP has: chosen ones as chips, more by typing, which searches in MISP. What MISP
 * does not have can be typed too.
 */
export function picker({ element, node, name, field, type, prefix, text: fieldText }: Slot): Control {
  const text = (key: string, values?: object) => textFrom(node, `${type}.picker.${key}`, values);
  const id = (element.attr('id') ?? '').replace(/-list$/, '');
  const chosen = chips({ place: element, label: fieldText('label'), text, onRemove: changed });
  const entry = $('<input type="text" autocomplete="off" spellcheck="false">')
    .attr({ id: `${id}-entry`, placeholder: fieldText('placeholder') })
    .appendTo(element);
  const list = suggestions({ id: `${id}-options`, input: entry, place: element, onPick: pick });
  const hint = $('<div class="misp-hint" role="status">').attr('id', `${id}-hint`).appendTo(element);
  describe(entry, `${id}-hint`);
  const missed = $('<div class="misp-hint" role="status">').attr('id', `${id}-missed`).appendTo(element);
  describe(entry, `${id}-missed`);
  const server = mispOf(prefix, element, text('which'));
  const source = field.kind === 'picker' ? field.source : '';
  let request: JQueryRequest<Answer<'GET /pickers/:source'>> | undefined;
  let timer: number | undefined;

  function changed(): void {
    learn();
    entry.trigger('change').trigger('focus');
  }
  function add(values: string[]): void {
    chosen.add(values);
    entry.val('');
    list.close();
    learn();
    entry.trigger('change');
  }
  /** What is typed: names of other things than tags may hold a comma. */
  const writtenParts = (typed: string) => (source === 'tags' ? partsOf(typed) : [typed]);
  /** A galaxy alone is no cluster: its clusters are offered next. */
  const isGalaxy = (value: string) => source === 'clusters' && value.endsWith('=');
  function pick(value: string): void {
    if (!isGalaxy(value)) return add([value]);
    entry.val(value);
    search();
  }
  function search(): void {
    clearTimeout(timer);
    request?.abort();
    const misp = server();
    if (!misp) return void hint.text(text('noServer'));
    timer = window.setTimeout(() => {
      request = askMisp('/pickers/:source', misp, { source }, { search: entry.val() })
        .done(show)
        .fail((xhr, status) => {
          if (status !== 'abort') show({ problem: text('status', { status: xhr.status }) });
        });
    }, REST_MS);
  }
  function show({ items = [], more, problem }: Partial<PickerAnswer & Problem>): void {
    if (problem) hint.text(problem === 'notDeployed' ? text('notDeployed') : text('away', { problem }));
    else if (more) hint.text(items.length > 0 ? text('more', { count: items.length }) : text('short'));
    else hint.text('');
    chosen.learn(items);
    if (entry.is(':focus')) list.show(items.filter(({ value }) => !chosen.values().includes(value)));
  }

  /** The value of an id says nothing: names and colours come from MISP, if it answers; and what it does not have. */
  function learn(): void {
    const values = chosen.values();
    const misp = values.length > 0 ? server() : undefined;
    if (!misp) return void missed.text('');
    askMisp('/pickers/:source/chosen', misp, { source }, { value: values }).done((answer) => {
      if ('problem' in answer) return;
      chosen.learn(answer.items);
      if (source === 'tags' && !answer.more) missed.text(missedTags(chosen.values(), answer.items, text));
    });
  }

  entry.on('input focus', search).on('blur', () => {
    clearTimeout(timer);
    request?.abort();
    list.close();
    // Chips that are drawn anew would lose a click on them.
    if (isGalaxy(entry.val())) entry.val('');
    else if (entry.val().trim()) add(writtenParts(entry.val()));
  });
  entry.on('keydown', (event) => {
    const written = entry.val();
    if (event.key === 'Enter') add(writtenParts(written));
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') search();
    else if (event.key === 'Escape' && written !== '') entry.val('');
    else if (event.key === 'Backspace' && written === '') chosen.removeLast();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  entry.on('paste', (event) => {
    const pasted = event.originalEvent.clipboardData?.getData('text') ?? '';
    if (!/[\n,]/.test(pasted)) return;
    event.preventDefault();
    add(partsOf(pasted));
  });
  chosen.add((node[name] ?? []) as string[]);
  learn();
  return {
    control: entry,
    read() {
      const typed = entry.val().trim();
      const values = chosen.values();
      const parts = writtenParts(typed).map((part) => part.trim());
      return [...new Set([...values, ...parts.filter(Boolean)])];
    },
  };
}

/** What to say of tags that MISP does not have, or writes in another way. */
function missedTags(
  values: string[],
  items: PickerItem[],
  text: (key: string, values?: object) => string,
): string {
  const known = new Map(items.map(({ value }) => [value.toLowerCase(), value]));
  const words = values.flatMap((value) => {
    const written = known.get(value.toLowerCase());
    if (written === value) return [];
    return written === undefined ? text('unknownTag', { value }) : text('otherCase', { value, written });
  });
  return words.join(' ');
}

/** Values that are written together, in lines or with commas; those in quotes, as in cluster names, do not part them. */
function partsOf(text: string): string[] {
  return text.match(/(?:"[^"\n]*"|[^\n,])+/g) ?? [];
}
