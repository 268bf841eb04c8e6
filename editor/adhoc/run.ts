import type { AdHocView } from '../../nodes/plugin/api';
import type { EventRow, EventState } from '../../src/adhoc/report';
import { download } from '../download';
import { button, element } from './dom';
import type { Door } from './door';

export interface RunShown {
  box: HTMLElement;
  /** Shows what has changed. */
  show(view: AdHocView): void;
}

export interface RunActions {
  stop(): void;
  /** Carries the plan out, without these events. */
  carryOut(leaveOut: string[]): void;
  /** Puts events into the form. */
  choose(keys: string[]): void;
}

const STATES: readonly EventState[] = [
  ...(['planned', 'done', 'blocked', 'failed', 'unknown', 'missing', 'running', 'waiting'] as const),
];
/** Of these events it is sure that nothing was done. */
const UNDONE: readonly EventState[] = ['waiting'];

const keyOf = ({ uuid, id }: EventRow) => uuid || id;

/** A run as it goes on: how far it is, what can be done with it, and what came of each event. */
export function showRun({ text }: Door, actions: RunActions): RunShown {
  const box = element('section', '', { class: 'misp-ad-hoc-run', tabindex: '-1' });
  const heading = element('h3');
  const status = element('p', '', { role: 'status' });
  const progress = element('progress');
  const problem = element('p', '', { class: 'misp-ad-hoc-problem', role: 'alert' });
  const buttons = element('div', '', { class: 'misp-ad-hoc-buttons' });
  const list = element('ol', '', { class: 'misp-ad-hoc-events' });
  const rows = new Map<number, { row: EventRow; item: HTMLElement; box?: HTMLInputElement }>();
  let isStopping = false;
  let view: AdHocView;
  box.append(heading, status, progress, problem, buttons, list);
  list.addEventListener('change', () => showButtons());

  return { box, show };

  function show(next: AdHocView): void {
    view = next;
    const { dryRun, by, byMessage, at, counts, total, state, parameters } = next;
    const who = byMessage ? text('byMessage') : by ? text('by', { by }) : '';
    const started = text('started', { at: new Date(at).toLocaleString() });
    const given = Object.entries(parameters).map(([name, value]) => `${name}: ${value}`);
    const head = [text(dryRun ? 'isDry' : 'isReal'), who, started, ...given];
    setText(heading, head.filter(Boolean).join(', '));
    const open = (counts.waiting ?? 0) + (counts.running ?? 0);
    const done = total - open;
    progress.max = Math.max(1, total);
    progress.value = done;
    progress.setAttribute('aria-label', text('progress', { done, total }));
    const each = STATES.flatMap((one) => (counts[one] ? [`${text(`state.${one}`)} ${counts[one]}`] : []));
    const words = [text(`runState.${state}`), text('progress', { done, total }), each.join(', ')].join(' · ');
    setText(status, isStopping && state === 'running' ? `${words}. ${text('stopping')}` : words);
    setText(problem, next.problem ?? '');
    const before = rows.size;
    for (const { index, row } of next.rows) showRow(index, row);
    if (rows.size > before) sortRows();
    showButtons();
  }

  function showRow(index: number, row: EventRow): void {
    const known = rows.get(index);
    const item = element('li', '', { 'data-state': row.state });
    const head = element('div', '', { class: 'misp-ad-hoc-event' });
    const entry: { row: EventRow; item: HTMLElement; box?: HTMLInputElement } = { row, item };
    if (view.dryRun && row.state === 'planned') {
      const box = element('input', '', { type: 'checkbox', 'aria-label': text('take', { id: row.id }) });
      box.checked = known?.box?.checked ?? true;
      entry.box = box;
      head.append(box);
    }
    const name = row.info ? `${row.id}: ${row.info}` : row.id || row.uuid;
    head.append(element('strong', name), element('span', text(`state.${row.state}`), STATE));
    item.append(head);
    const about = [row.date, row.org].filter(Boolean).join(', ');
    if (about) item.append(element('div', about, { class: 'misp-ad-hoc-hint' }));
    for (const line of row.lines) item.append(element('div', line, { class: 'misp-ad-hoc-line' }));
    known?.item.replaceWith(item);
    rows.set(index, entry);
  }

  /** They come in the order in which they changed. */
  function sortRows(): void {
    const sorted = [...rows].sort(([a], [b]) => a - b).map(([, { item }]) => item);
    list.replaceChildren(...sorted);
  }

  function showButtons(): void {
    const { dryRun, state, usable, counts } = view;
    const shown: HTMLButtonElement[] = [];
    if (state === 'running' || view.more) {
      shown.push(button(text('stop'), stop, { 'data-do': 'stop' }));
    } else {
      const all = [...rows.values()];
      const taken = all.filter(({ box: taking }) => taking?.checked);
      const left = all.filter(({ box: taking }) => taking && !taking.checked).map(({ row }) => keyOf(row));
      if (dryRun && (counts.planned ?? 0) > 0) {
        const go = button(text('carryOut', { count: taken.length }), () => actions.carryOut(left), {
          'data-do': 'carryOut',
          class: 'misp-ad-hoc-main',
        });
        go.disabled = !usable || taken.length === 0;
        if (!usable) go.title = text('stale');
        shown.push(go);
      }
      const undone = all.filter(({ row }) => UNDONE.includes(row.state)).map(({ row }) => keyOf(row));
      if (undone.length > 0)
        shown.push(button(text('rest'), () => actions.choose(undone), { 'data-do': 'rest' }));
      shown.push(button(text('save'), save, { 'data-do': 'save' }));
    }
    exchange(shown);
  }

  /** Buttons that are there already stay, so that none loses the focus. */
  function exchange(wanted: HTMLButtonElement[]): void {
    const before = new Map([...buttons.children].map((one) => [(one as HTMLElement).dataset.do, one]));
    const had = buttons.contains(document.activeElement);
    for (const [index, one] of wanted.entries()) {
      const old = before.get(one.dataset.do);
      const isSame =
        old?.textContent === one.textContent && (old as HTMLButtonElement).disabled === one.disabled;
      if (isSame && one.dataset.do === 'stop') wanted[index] = old as HTMLButtonElement;
    }
    const focused = (document.activeElement as HTMLElement | null)?.dataset.do;
    buttons.replaceChildren(...wanted);
    if (!had) return;
    const again = wanted.find((one) => one.dataset.do === focused && !one.disabled);
    (again ?? box).focus();
  }

  function stop(): void {
    isStopping = true;
    actions.stop();
  }

  function save(): void {
    const events = [...rows.values()].map(({ row }) => row);
    const report: Partial<AdHocView> & { events: EventRow[] } = { ...view, events };
    delete report.rows;
    delete report.revision;
    delete report.more;
    delete report.usable;
    download(`ad-hoc-run-${view.run}.json`, JSON.stringify(report, null, 2));
  }
}

const STATE = { class: 'misp-ad-hoc-state' };

/** A text that stays the same is not read out again. */
function setText(place: HTMLElement, words: string): void {
  if (place.textContent !== words) place.textContent = words;
}
