import type { AdHocForm } from '../../nodes/plugin/api';
import type { Parameter } from '../../src/adhoc/parameters';
import { element, group, labelled, select } from './dom';
import type { Door } from './door';

/** What was chosen and filled in. */
export interface Filled {
  events: string;
  search: Record<string, string>;
  parameters: Record<string, string>;
}

export interface StartForm {
  form: HTMLFormElement;
  read: () => Filled;
  /** Puts events into the list. */
  choose: (keys: readonly string[]) => void;
}

/** What is asked of whoever starts a run: the events and the flow's parameters. */
export function startForm(
  { text }: Door,
  { parameters, most, acting }: AdHocForm,
  submit: () => void,
): StartForm {
  const form = element('form', '', { novalidate: '' });
  const search = searchFields(text);
  const list = labelled(text('list'), element('textarea', '', { rows: '4', spellcheck: 'false' }));
  const ways = element('div', '', { class: 'misp-ad-hoc-ways' });
  const bySearch = way(text('bySearch'), ways);
  const byList = way(text('byList'), ways);
  bySearch.checked = true;
  const refresh = () => {
    search.box.hidden = !bySearch.checked;
    list.row.hidden = bySearch.checked;
  };
  ways.addEventListener('change', refresh);
  refresh();
  form.append(group(text('events'), ways, search.box, list.row, element('p', text('most', { most }), HINT)));
  const asked = parameters.map((parameter) => parameterField(text, parameter));
  if (asked.length > 0) form.append(group(text('parameters'), ...asked.map(({ row }) => row)));
  if (acting.length > 0)
    form.append(element('p', text('acting', { nodes: acting.join(', ') }), { class: 'misp-ad-hoc-warning' }));
  form.append(element('button', text('dryRun'), { type: 'submit', class: 'red-ui-button misp-ad-hoc-main' }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  return {
    form,
    read: () => ({
      events: byList.checked ? list.control.value : '',
      search: bySearch.checked ? search.read() : {},
      parameters: Object.fromEntries(asked.map(({ name, read }) => [name, read()])),
    }),
    choose(keys) {
      byList.checked = true;
      list.control.value = keys.join('\n');
      refresh();
      list.control.focus();
    },
  };
}

const HINT = { class: 'misp-ad-hoc-hint' };

let ways = 0;

function way(words: string, place: HTMLElement): HTMLInputElement {
  place.dataset.name ??= `misp-ad-hoc-way-${++ways}`;
  const radio = element('input', '', { type: 'radio', name: place.dataset.name });
  const label = element('label');
  label.append(radio, element('span', words));
  place.append(label);
  return radio;
}

function searchFields(text: Door['text']): { box: HTMLElement; read: () => Record<string, string> } {
  const box = element('div');
  const input = (key: string, type: string) => {
    const { row, control } = labelled(text(key), element('input', '', { type }));
    box.append(row);
    return [key, control] as const;
  };
  const inputs = [input('info', 'text'), input('tags', 'text'), input('from', 'date'), input('to', 'date')];
  inputs.push(input('last', 'text'));
  const states = (['Any', 'Yes', 'No'] as const).map(
    (state) => [state.toLowerCase(), text(`published${state}`)] as const,
  );
  const { row, control: published } = labelled(text('published'), select(states));
  box.append(row);
  return {
    box,
    read() {
      const filled = inputs.filter(([, { value }]) => value.trim() !== '');
      const found = Object.fromEntries(filled.map(([key, { value }]) => [key, value.trim()]));
      return { ...found, published: published.value };
    },
  };
}

function parameterField(
  text: Door['text'],
  { name, label, type, choices, initial, required }: Parameter,
): { row: HTMLElement; name: string; read: () => string } {
  const words = required ? `${label} (${text('required')})` : label;
  if (type === 'checkbox') {
    const box = element('input', '', { type: 'checkbox' });
    box.checked = /^(?:true|yes|1)$/i.test(initial);
    const { row } = labelled(words, box);
    row.classList.add('misp-ad-hoc-check');
    return { row, name, read: () => String(box.checked) };
  }
  const control =
    type === 'choice'
      ? select([['', text('choose')], ...choices.map((choice) => [choice, choice] as const)])
      : element('input', '', { type: 'text', ...(type === 'number' ? { inputmode: 'decimal' } : {}) });
  control.value = initial;
  if (required) control.setAttribute('aria-required', 'true');
  return { row: labelled(words, control).row, name, read: () => control.value };
}
