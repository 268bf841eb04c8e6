import type { CheckedRow, ConnectQuestion } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { failureOf, problemOf } from '../workflows/answers';
import { text } from './texts';

const MARKS = { green: 'fa-check-circle', yellow: 'fa-exclamation-circle', red: 'fa-times-circle' } as const;

/** Shows how a MISP is set up for a trigger, the worst first; what can be mended has a button. */
export function showRows(place: JQuery, read: () => ConnectQuestion | undefined): void {
  const question = read();
  if (!question) return say(text('noServer'));
  say(text('looking'), 'busy');
  ask('POST /check', { body: question })
    .done((answer) => take(answer))
    .fail((request) => say(failureOf(request)));

  function say(words: string, state = 'error'): void {
    place
      .empty()
      .append($('<p class="misp-connect-said" role="status">').attr('data-state', state).text(words));
  }

  function take(answer: object): void {
    const problem = problemOf(answer);
    if (problem !== undefined) return say(problem);
    const { rows, failed } = answer as { rows: CheckedRow[]; failed?: string };
    place.empty();
    if (failed) place.append($('<p class="misp-connect-said" role="alert" data-state="error">').text(failed));
    const bad = rows.filter(({ level }) => level === 'red').length;
    const words = bad === 0 ? text('allWell') : text('amiss', { number: bad });
    place.append(
      $('<p class="misp-connect-said" role="status">')
        .attr('data-state', bad === 0 ? 'ok' : 'error')
        .text(words),
    );
    place.append($('<ul class="misp-connect-rows">').append(rows.map(rowOf)));
  }

  function rowOf(row: CheckedRow): JQuery {
    const { id, mend } = row;
    const line = lineOf(row);
    if (mend.length === 0) return line;
    const click = $('<button type="button" class="red-ui-button">')
      .text(text('mend'))
      .attr('title', mend.join('\n'))
      .on('click', () => {
        click.prop('disabled', true);
        ask('POST /check/mend', { body: { ...(question as ConnectQuestion), row: id, seen: mend } })
          .done((answer) => take(answer))
          .fail((request) => say(failureOf(request)));
      });
    const will = $('<ul class="misp-connect-will">').append(mend.map((step) => $('<li>').text(step)));
    return line.append($('<div>').append(will).append(click));
  }
}

/** A row with its mark; whoever hears it hears the level. */
export function lineOf({ id, level, words }: Omit<CheckedRow, 'mend'>): JQuery {
  const mark = $('<i class="fa" aria-hidden="true">').addClass(MARKS[level]);
  const spoken = $('<span class="misp-connect-level">').text(`${text(`level.${level}`)}: `);
  return $('<li>')
    .attr({ 'data-level': level, 'data-row': id })
    .append(mark)
    .append($('<span>').append(spoken).append($('<span>').text(words)));
}
