import type { TriggerCount } from '../../src/history/counters';
import type { RunRow } from '../../src/history/record';
import { kindOf, momentOf, stateOf, text, triggerName } from './texts';

/** One run as a line: what it was about, and what came of it. */
export function lineOf(row: RunRow, open: (run: string) => void): JQuery {
  const { run, trigger, about, at, waited, cause } = row;
  const state = stateOf(row);
  const name = about?.info ?? about?.id ?? row.node.label;
  const line = $('<button type="button" class="misp-run">')
    .attr({ 'data-run': run, 'data-state': state })
    .on('click', () => open(run));
  const event = about?.id ? text('event', { id: about.id }) : '';
  const how = cause ? text(`cause.${cause}`) : '';
  const words = [
    ['misp-run-time', momentOf(at)],
    ['misp-run-state', text(`state.${state}`)],
    ['misp-run-name', name],
    ['misp-run-trigger', [triggerName(trigger), event, kindOf(row), how].filter(Boolean).join(' · ')],
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
    $('<td>').text(momentOf(count.askedAt)).appendTo(row);
  }
}
