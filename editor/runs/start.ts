import type { Answer, RunPage } from '../../nodes/plugin/api';
import { RUNS_TOPIC, type RunRecord } from '../../src/history/record';
import { TRIGGERS } from '../../src/triggers/triggers';
import { ask, refusalOf } from '../ask';
import { notifyText } from '../show';
import { lightWay } from '../test-run/way';
import { forgetButton, showTrouble } from './forget';
import { showCounts, showRows } from './list';
import { showPage } from './page';
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
  const search = $('<input type="search">').attr({
    placeholder: text('search'),
    'aria-label': text('search'),
  });
  filters.append(trigger, outcome, search);
  const trouble = $('<div class="misp-run-trouble" role="alert">').appendTo(content);
  const summary = $('<p role="status" aria-live="polite">').appendTo(content);
  const counts = $('<details>').appendTo(content);
  $('<summary>').text(text('counts.title')).appendTo(counts);
  const table = $('<div class="misp-run-counts">').appendTo(counts);
  forgetButton('all', () => refresh()).appendTo(counts);
  const list = $('<ul>').attr('aria-label', text('title')).appendTo(content);
  const page = $('<div class="misp-run-page">').hide().appendTo(content);

  RED.sidebar.addTab({
    id: ID,
    label: text('label'),
    name: text('title'),
    content,
    pinned: true,
    enableOnEdit: true,
    iconClass: 'fa fa-history',
    onchange: () => refresh(),
  });

  let timer: number | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(refresh, REST_MS);
  };
  for (const filter of [trigger, outcome, search]) filter.on('input change', soon);
  RED.comms.subscribe(RUNS_TOPIC, () => {
    if (content.is(':visible')) refresh();
  });

  let request: JQueryRequest<Answer<'GET /runs'>> | undefined;
  function refresh(): void {
    if (page.is(':visible')) return;
    request?.abort();
    const query = {
      trigger: trigger.val(),
      outcome: outcome.val(),
      text: search.val(),
      event: '',
      before: '',
    };
    request = ask('GET /runs', { query }).done((answer) => {
      if ('problem' in answer) return void summary.text(answer.problem);
      const { rows, total } = answer;
      summary.text(text(total === 0 ? 'none' : 'shown', { shown: rows.length, total }));
      showRows(list, answer, open);
      showCounts(table, answer.counts);
      showTrouble(trouble, answer.trouble);
    });
  }

  const overview = [filters, trouble, summary, counts, list];
  const actions = {
    back() {
      page.hide();
      for (const part of overview) part.show();
      refresh();
    },
    light: ({ node, way }: RunRecord) => {
      RED.view.reveal(node.id);
      if (way) lightWay(way);
    },
    replay,
  };

  function open(run: string): void {
    ask('GET /runs/:id', { params: { id: run } }).done((answer) => {
      if ('problem' in answer) notifyText(answer.problem, { type: 'error' });
      else show(answer);
    });
  }
  function show(answer: RunPage, before?: RunRecord): void {
    for (const part of overview) part.hide();
    showPage(page.show(), answer, actions, before);
    if (answer.record.way) lightWay(answer.record.way);
    page.find('button').first().trigger('focus');
  }
  function replay(run: string): void {
    const params = { id: run };
    ask('GET /runs/:id', { params }).done((recorded) => {
      if ('problem' in recorded) return;
      ask('POST /runs/:id/replay', { params })
        .done((answer) => {
          if ('problem' in answer) notifyText(answer.problem, { type: 'error' });
          else show(answer, recorded.record);
        })
        .fail((failed) => void notifyText(refusalOf(failed) ?? text('replay.failed'), { type: 'error' }));
    });
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
