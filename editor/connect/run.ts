import type { ConnectQuestion, ConnectRun } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { failureOf, problemOf } from '../workflows/answers';
import { button, sayIn } from './parts';
import { text } from './texts';

const PAUSE_MS = 400;
const MARKS = { done: 'fa-check', unchanged: 'fa-check', failed: 'fa-times', left: 'fa-circle-o' } as const;

/**
 * Shows how far what is done in a MISP is, until it is over; then it can be undone.
 * @param again looks anew where not all was done
 */
export function followRun(place: JQuery, run: string, question: ConnectQuestion, again: () => void): void {
  follow(run);

  function follow(id: string): void {
    ask('GET /connect/runs/:id', { params: { id } })
      .done((answer) => {
        const problem = problemOf(answer);
        if (problem !== undefined) return sayIn(place, problem);
        const state = answer as ConnectRun;
        show(state, id);
        if (!state.isOver && place[0].isConnected) window.setTimeout(() => follow(id), PAUSE_MS);
      })
      .fail((request) => sayIn(place, failureOf(request)));
  }

  function show({ steps, isOver, canUndo, failed }: ConnectRun, id: string): void {
    const list = $('<ol class="misp-connect-steps" aria-live="polite">');
    for (const { words, state, problem } of steps) {
      const mark = $('<i class="fa" aria-hidden="true">').addClass(MARKS[state]);
      const line = $('<li>').attr('data-state', state).append(mark).append($('<span>').text(words));
      line.append($('<span class="misp-connect-state">').text(text(`state.${state}`)));
      if (problem) line.append($('<p class="misp-connect-said" data-state="error">').text(problem));
      line.appendTo(list);
    }
    place.empty().append(list);
    if (failed) place.append($('<p class="misp-connect-said" data-state="error">').text(failed));
    if (!isOver) return;
    const isDone = steps.every(({ state }) => state === 'done' || state === 'unchanged');
    const words = text(isDone ? 'connected' : 'notConnected');
    place.append(
      $('<p class="misp-connect-said" role="status">')
        .attr('data-state', isDone ? 'ok' : 'error')
        .text(words),
    );
    if (!isDone) place.append(button('again', again));
    if (canUndo) place.append(button('undo', () => undo(id)));
  }

  function undo(id: string): void {
    ask('POST /connect/runs/:id/undo', { params: { id }, body: question })
      .done((answer) => {
        const problem = problemOf(answer);
        if (problem !== undefined) return sayIn(place, problem);
        follow((answer as { run: string }).run);
      })
      .fail((request) => sayIn(place, failureOf(request)));
  }
}
