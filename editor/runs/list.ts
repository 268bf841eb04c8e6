import type { TriggerCount } from '../../src/history/counters';
import type { RunRow } from '../../src/history/record';
import { kindOf, momentOf, stateOf, text, triggerName } from './texts';

const PARTS = ['time', 'state', 'name', 'trigger', 'waited'] as const;

/** An empty line of the list; lines are used again for other runs while somebody scrolls. */
export function newLine(): HTMLElement {
  const line = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'misp-run';
  for (const part of PARTS) {
    const span = document.createElement('span');
    span.className = `misp-run-${part}`;
    button.append(span);
  }
  line.append(button);
  return line;
}

/** Shows a run in a line: what it was about, and what came of it. */
export function fillLine(line: HTMLElement, row: RunRow): void {
  const { run, trigger, about, at, waited, cause } = row;
  const state = stateOf(row);
  const button = line.firstElementChild as HTMLElement;
  button.dataset.run = run;
  button.dataset.state = state;
  const event = about?.id ? text('event', { id: about.id }) : '';
  const how = cause ? text(`cause.${cause}`) : '';
  const shown: Record<(typeof PARTS)[number], string> = {
    time: momentOf(at),
    state: text(`state.${state}`),
    name: about?.info ?? about?.id ?? row.node.label,
    trigger: [triggerName(trigger), event, kindOf(row), how].filter(Boolean).join(' · '),
    waited: waited === undefined ? '' : text('ms', { waited }),
  };
  PARTS.forEach((part, index) => {
    const span = button.children[index] as HTMLElement;
    span.textContent = shown[part];
    span.title = shown[part];
  });
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
