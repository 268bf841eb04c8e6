import type { BackPreview, ConnectQuestion } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { failureOf, problemOf } from '../workflows/answers';
import { button, listOf, sayIn } from './parts';
import { followRun } from './run';
import { text } from './texts';

/**
 * Offers to take back what was done in the form of a node before, also when Node-RED was started anew.
 * @param place where the offer stands, if there is something to take back
 * @param shown where it is shown
 */
export function offerBack(
  place: JQuery,
  shown: JQuery,
  node: string,
  read: () => ConnectQuestion | undefined,
): void {
  ask('GET /connect/kept', { query: { node } }).done((answer) => {
    const { kept = [] } = answer as Partial<{ kept: { at: number; url: string }[] }>;
    const last = kept.at(-1);
    if (!last) return;
    const when = new Date(last.at).toLocaleString();
    place
      .append($('<span>').text(text('kept', { when, url: last.url })))
      .append(button('back', () => showBack(shown, read)));
  });
}

/** Shows what would take it back, and does it when it is told to. */
function showBack(place: JQuery, read: () => ConnectQuestion | undefined): void {
  const question = read();
  if (!question) return sayIn(place, text('noServer'));
  sayIn(place, text('looking'), 'busy');
  ask('POST /connect/back', { body: question })
    .done((answer) => take(answer, question))
    .fail((request) => sayIn(place, failureOf(request)));

  function take(answer: object, asked: ConnectQuestion): void {
    const problem = problemOf(answer);
    if (problem !== undefined) return sayIn(place, problem);
    if ('run' in answer) return followRun(place, String(answer.run), asked, () => showBack(place, read));
    const { steps, notes } = answer as BackPreview;
    place.empty().append(listOf(notes, 'misp-connect-notes'));
    if (steps.length === 0)
      return void place.append($('<p class="misp-connect-said" role="status">').text(text('backNothing')));
    place.append($('<h4>').text(text('backPlan'))).append(listOf(steps, 'misp-connect-steps', 'ol'));
    if ('changed' in answer)
      place.append($('<p class="misp-connect-said" role="status">').text(text('changed')));
    const go = button('undo', () => {
      go.prop('disabled', true);
      ask('POST /connect/back/start', { body: { ...asked, seen: { steps, notes } } })
        .done((next) => take(next, asked))
        .fail((request) => sayIn(place, failureOf(request)));
    });
    place.append(go);
  }
}
