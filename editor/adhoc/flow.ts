import type { AdHocForm, AdHocSummary, AdHocView } from '../../nodes/plugin/api';
import { button, element } from './dom';
import { NoAnswer, type Door } from './door';
import { startForm } from './form';
import { showRun, type RunShown } from './run';

/** How often a run that is under way is asked about, in milliseconds. */
const POLL_MS = 500;

export interface FlowShown {
  box: HTMLElement;
  /** Nothing is asked any more. */
  close(): void;
}

/** One flow: its form, its runs, and the run that is looked at. */
export function showFlow(door: Door, form: AdHocForm): FlowShown {
  const { text } = door;
  const { id, description } = form;
  const box = element('div', '', { class: 'misp-ad-hoc' });
  const problem = element('p', '', { class: 'misp-ad-hoc-problem', role: 'alert' });
  const place = element('div');
  const past = element('details');
  const { form: asked, read, choose } = startForm(door, form, () => void dryRun());
  let isClosed = false;
  let timer: number | undefined;
  /** Of the run that is looked at: answers about another one come too late. */
  let looking = 0;
  box.append(...(description ? [element('p', description, { class: 'misp-ad-hoc-about' })] : []));
  box.append(asked, problem, place, past);
  showPast(form.past);
  if (form.latest) void look(form.latest.run, false);

  return {
    box,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };

  async function attempt(work: () => Promise<void>): Promise<void> {
    problem.textContent = '';
    try {
      await work();
    } catch (error) {
      problem.textContent = error instanceof NoAnswer ? error.message : String(error);
    }
  }

  function dryRun(): Promise<void> {
    return attempt(async () => {
      const { run } = await door.ask('POST /ad-hoc-runs/flows/:id/dry-runs', {
        params: { id },
        body: read(),
      });
      await look(run, true);
    });
  }

  function carryOut(of: string, leaveOut: string[]): Promise<void> {
    return attempt(async () => {
      const { run } = await door.ask('POST /ad-hoc-runs/flows/:id/runs', {
        params: { id },
        body: { of, leaveOut },
      });
      await look(run, true);
    });
  }

  /** Shows a run, and what becomes of it. @param focus it was started or chosen just now */
  async function look(run: string, focus: boolean): Promise<void> {
    clearTimeout(timer);
    const mine = ++looking;
    const shown = showRun(door, {
      stop: () =>
        void attempt(async () => {
          await door.ask('POST /ad-hoc-runs/flows/:id/runs/:run/stop', { params: { id, run }, body: {} });
        }),
      carryOut: (leaveOut) => void carryOut(run, leaveOut),
      choose,
    });
    await attempt(() => follow(run, shown, 0, mine));
    if (mine !== looking || isClosed) return;
    place.replaceChildren(shown.box);
    if (focus) shown.box.focus();
  }

  async function follow(run: string, shown: RunShown, since: number, mine: number): Promise<void> {
    const view: AdHocView = await door.ask('GET /ad-hoc-runs/flows/:id/runs/:run', {
      params: { id, run },
      query: { since: String(since) },
    });
    if (mine !== looking || isClosed) return;
    shown.show(view);
    if (view.more) return follow(run, shown, view.revision, mine);
    if (view.state !== 'running') {
      if (!view.dryRun) await refreshPast();
      return;
    }
    const again = () => {
      follow(run, shown, view.revision, mine).catch((error) => {
        problem.textContent = error instanceof NoAnswer ? error.message : String(error);
        // Node-RED may be starting again: then the report is there.
        if (mine === looking && !isClosed) timer = window.setTimeout(again, 4 * POLL_MS);
      });
    };
    timer = window.setTimeout(again, POLL_MS);
  }

  async function refreshPast(): Promise<void> {
    const { past: reports } = await door.ask('GET /ad-hoc-runs/flows/:id', { params: { id } });
    showPast(reports);
  }

  function showPast(reports: readonly AdHocSummary[]): void {
    const list = element('ul');
    for (const report of reports) {
      const { run, at, by, byMessage, state, counts } = report;
      const who = byMessage ? text('byMessage') : by ? text('by', { by }) : '';
      const each = Object.entries(counts).map(([one, count]) => `${text(`state.${one}`)} ${count}`);
      const words = [new Date(at).toLocaleString(), who, text(`runState.${state}`), each.join(', ')];
      const item = element('li');
      item.append(
        element('span', words.filter(Boolean).join(' · ')),
        button(text('show'), () => void look(run, true)),
      );
      list.append(item);
    }
    if (reports.length === 0) list.append(element('li', text('noEarlier')));
    past.replaceChildren(element('summary', text('earlier')), list);
  }
}
