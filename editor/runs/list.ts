import type { RunList } from '../../nodes/plugin/api';
import type { TriggerCount } from '../../src/history/counters';
import type { RunRow } from '../../src/history/record';
import { stateOf, text, timeOf, triggerName } from './texts';

/** Shows runs, one line each, and tells which one is clicked. */
export function showRows(list: JQuery, { rows }: RunList, open: (run: string) => void): void {
  const focused = (document.activeElement as HTMLElement | null)?.dataset.run;
  list.empty().append(rows.map((row) => lineOf(row, open)));
  if (focused) list.find(`[data-run="${CSS.escape(focused)}"]`).trigger('focus');
}

function lineOf(row: RunRow, open: (run: string) => void): JQuery {
  const { run, trigger, about, at, waited, test } = row;
  const state = stateOf(row);
  const name = about?.info ?? about?.id ?? row.node.label;
  const line = $('<button type="button" class="misp-run">')
    .attr({ 'data-run': run, 'data-state': state })
    .on('click', () => open(run));
  const words = [
    ['misp-run-time', timeOf(at)],
    ['misp-run-state', text(`state.${state}`)],
    ['misp-run-name', name],
    ['misp-run-trigger', triggerName(trigger) + (test ? ` · ${text('test')}` : '')],
    ['misp-run-waited', waited === undefined ? '' : text('ms', { waited })],
  ];
  for (const [kind, value] of words)
    $('<span>').addClass(kind).attr('title', value).text(value).appendTo(line);
  return $('<li>').append(line);
}

const COLUMNS = ['runs', 'blocked', 'failed', 'late', 'p50', 'p99'] as const;

/** What is counted of each trigger, as a table. */
export function showCounts(place: JQuery, counts: readonly TriggerCount[]): void {
  place.empty();
  if (counts.length === 0) return;
  const table = $('<table>').appendTo(place);
  const head = $('<tr>').appendTo($('<thead>').appendTo(table));
  for (const name of ['trigger', ...COLUMNS, 'askedAt'])
    $('<th scope="col">')
      .text(text(`counts.${name}`))
      .appendTo(head);
  const body = $('<tbody>').appendTo(table);
  for (const count of counts) {
    const row = $('<tr>').appendTo(body);
    $('<th scope="row">').text(count.node.label).appendTo(row);
    for (const name of COLUMNS) $('<td>').text(count[name]).appendTo(row);
    $('<td>').text(timeOf(count.askedAt)).appendTo(row);
  }
}
