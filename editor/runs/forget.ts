import { ask, refusalOf } from '../ask';
import { askFirst, notifyText } from '../show';
import { text } from './texts';

/** Asks whether a run, or with `all` every run, is to be forgotten, and tells when it is. */
export function forgetAfterAsking(id: string, forgotten: () => void): void {
  const question = text(id === 'all' ? 'forget.askAll' : 'forget.ask');
  askFirst(question, { no: text('forget.no'), yes: text('forget.yes') }, () => forget(id, forgotten));
}

function forget(id: string, forgotten: () => void): void {
  ask('DELETE /runs/:id', { params: { id } })
    .done((answer) => {
      if ('problem' in answer) notifyText(answer.problem, { type: 'error' });
      forgotten();
    })
    .fail((failed) => void notifyText(refusalOf(failed) ?? text('forget.failed'), { type: 'error' }));
}

/** A button that forgets. */
export function forgetButton(id: string, forgotten: () => void): JQuery {
  return $('<button type="button" class="red-ui-button red-ui-button-small">')
    .attr('data-action', id === 'all' ? 'forgetAll' : 'forget')
    .text(text(id === 'all' ? 'actions.forgetAll' : 'actions.forget'))
    .on('click', () => forgetAfterAsking(id, forgotten));
}

/** What is wrong with what is kept on disk. */
export function showTrouble(place: JQuery, trouble: readonly string[]): void {
  // What is read out once is not read out again.
  if (place.text() === trouble.join('')) return;
  place.empty().append(trouble.map((words) => $('<p>').text(words)));
}
