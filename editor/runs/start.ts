import type { Answer, RunPage } from '../../nodes/plugin/api';
import { RUNS_TOPIC, type RunRecord } from '../../src/history/record';
import { TRIGGERS } from '../../src/triggers/triggers';
import { ask } from '../ask';
import { notifyText } from '../show';
import { lightWay } from '../test-run/way';
import { acceptedList } from './accepted';
import { auditButton } from './audit';
import { forgetButton, showTrouble } from './forget';
import { inputForm } from './input';
import { showCounts } from './list';
import { showPage } from './page';
import { recordingSwitch } from './recording';
import { replayInput, replayRun, saveTest } from './replay';
import { retryList } from './retries';
import { Rows } from './rows';
import style from './runs.css';
import { text, triggerName } from './texts';

const ID = 'misp-runs';
/** How long typing rests before the list is filtered, in milliseconds. */
const REST_MS = 250;

/** The sidebar tab with the latest runs, kept up to date while it is shown. */
export function startRuns(): void {
  $('<style>').text(style).appendTo('head');
  const content = $('<div class="misp-runs">');
  const filters = $('<div class="misp-run-filters">').appendTo(content);
  const trigger = select('trigger', ['', ...TRIGGERS.map(({ id }) => id)], triggerName);
  const outcome = select('outcome', ['', 'allow', 'block', 'failed', 'open'], (id) => text(`state.${id}`));
  const [search, event] = ['search', 'searchEvent'].map((key) =>
    $('<input type="search">').attr({ placeholder: text(key), 'aria-label': text(key) }),
  );
  filters.append(trigger, outcome, search, event);
  const trouble = $('<div class="misp-run-trouble" role="alert">').appendTo(content);
  const accepted = acceptedList();
  accepted.place.appendTo(content);
  const retries = retryList();
  retries.place.appendTo(content);
  const summary = $('<p role="status" aria-live="polite">').appendTo(content);
  const counts = $('<details>').appendTo(content);
  $('<summary>').text(text('counts.title')).appendTo(counts);
  const table = $('<div class="misp-run-counts">').appendTo(counts);
  forgetButton('all', () => refresh(true)).appendTo(counts);
  auditButton().appendTo(counts);
  const input = inputForm((id, given, acts) => replayInput(id, given, acts, show)).appendTo(content);
  const recording = recordingSwitch();
  recording.row.appendTo(content);
  const list = $('<ul class="misp-run-list">').attr('aria-label', text('title')).appendTo(content);
  const page = $('<div class="misp-run-page">').hide().appendTo(content);
  const rows = new Rows(content[0], list, { open, more });

  RED.sidebar.addTab({
    id: ID,
    label: text('label'),
    name: text('title'),
    content,
    pinned: true,
    enableOnEdit: true,
    iconClass: 'fa fa-history',
    onchange() {
      // The texts of nodes were not there yet when the tab was made.
      for (const option of trigger.find('option').toArray().slice(1))
        option.textContent = triggerName(option.getAttribute('value') ?? '');
      recording.refresh();
      refreshOverview();
    },
  });

  let timer: number | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => refresh(true), REST_MS);
  };
  for (const filter of [trigger, outcome, search, event]) filter.on('input change', soon);
  let changes = 0;
  RED.comms.subscribe(RUNS_TOPIC, () => {
    changes++;
    if (!content.is(':visible')) return;
    if (page.is(':visible')) return renewPage();
    refreshOverview();
  });
  function refreshOverview(): void {
    accepted.refresh();
    retries.refresh();
    refresh();
  }

  let request: JQueryRequest<Answer<'GET /runs'>> | undefined;
  let earlier: JQueryRequest<Answer<'GET /runs'>> | undefined;
  let hasMore = false;
  let again = false;

  const queryOf = (before = '') => ({
    ...{ trigger: trigger.val(), outcome: outcome.val(), text: search.val() },
    ...{ event: event.val().trim(), before },
  });

  /** @param anew other filters: what is known of the list fits no more */
  function refresh(anew = false): void {
    if (page.is(':visible')) return;
    // Where runs come faster than answers, each answer is shown all the same.
    if (request && !anew) return void (again = true);
    request?.abort();
    if (anew) earlier?.abort();
    again = false;
    const asked = ask('GET /runs', { query: queryOf() });
    request = asked;
    const over = () => {
      if (request !== asked) return;
      request = undefined;
      if (again) refresh();
    };
    asked
      .done((answer) => {
        showList(answer, anew);
        over();
      })
      .fail(over);
  }

  function showList(answer: Answer<'GET /runs'>, anew: boolean): void {
    if ('problem' in answer) return void summary.text(answer.problem);
    if (anew || rows.count <= answer.rows.length) {
      rows.replace(answer.rows);
      hasMore = answer.more;
    } else rows.renew(answer.rows);
    summary.text(text(answer.total === 0 ? 'none' : 'shown', { total: answer.total }));
    showCounts(table, answer.counts);
    showTrouble(trouble, answer.trouble);
    recording.refreshIfOn();
  }

  function more(): void {
    if (!hasMore || earlier) return;
    earlier = ask('GET /runs', { query: queryOf(rows.last) })
      .done((answer) => {
        earlier = undefined;
        if ('problem' in answer) return;
        hasMore = answer.more;
        rows.add(answer.rows);
      })
      .fail(() => (earlier = undefined));
  }

  /** The run that is shown while it is under way. */
  let underWay: string | undefined;
  const overview = [
    filters,
    trouble,
    accepted.place,
    retries.place,
    summary,
    counts,
    input,
    recording.row,
    list,
  ];
  let scrolled = 0;
  const actions = {
    back() {
      underWay = undefined;
      page.hide();
      for (const part of overview) part.show();
      content[0].scrollTop = scrolled;
      refreshOverview();
    },
    light: ({ node, way }: RunRecord) => {
      RED.view.reveal(node.id);
      if (way) lightWay(way);
    },
    replay: (record: RunRecord, acts: boolean) => replayRun(record, acts, show),
    save: saveTest,
  };

  function open(run: string): void {
    const before = changes;
    ask('GET /runs/:id', { params: { id: run } }).done((answer) => {
      if ('problem' in answer) return void notifyText(answer.problem, { type: 'error' });
      show(answer);
      underWay = answer.record.ended ? undefined : run;
      // The page was not shown yet when this was told, and it may have been the last change.
      if (changes !== before) renewPage();
    });
  }
  function renewPage(): void {
    const run = underWay;
    if (run === undefined) return;
    ask('GET /runs/:id', { params: { id: run } }).done((answer) => {
      if ('problem' in answer || underWay !== run) return;
      const focused = (document.activeElement as HTMLElement | null)?.dataset.action;
      showPage(page, answer, actions);
      if (focused) page.find(`[data-action="${CSS.escape(focused)}"]`).trigger('focus');
      if (!answer.record.ended) return;
      underWay = undefined;
      if (answer.record.way) lightWay(answer.record.way);
    });
  }
  function show(answer: RunPage, before?: RunRecord): void {
    underWay = undefined;
    if (!page.is(':visible')) scrolled = content[0].scrollTop;
    for (const part of overview) part.hide();
    showPage(page.show(), answer, actions, before);
    content[0].scrollTop = 0;
    if (answer.record.way) lightWay(answer.record.way);
    page.find('button').first().trigger('focus');
  }
}

function select(name: string, values: string[], wordsFor: (value: string) => string): JQuery {
  const element = $('<select>').attr('aria-label', text(`filters.${name}`));
  for (const value of values) {
    const words = value === '' ? text(`filters.all.${name}`) : wordsFor(value);
    element.append($('<option>').attr('value', value).text(words));
  }
  return element;
}
