import type { RetriesState, RetryRow } from '../../nodes/plugin/api';
import { ask, refusalOf } from '../ask';
import { askFirst, notifyText } from '../show';
import { momentOf, operationName, text } from './texts';

/** What failed because the other side was away, and is tried again; nothing is shown where there is nothing. */
export function retryList(): { place: JQuery; refresh: () => void } {
  const place = $('<div class="misp-run-accepted">');
  let known = '';
  const show = (state: RetriesState) => {
    // A button that has the focus keeps it.
    const now = JSON.stringify(state);
    if (now === known) return;
    known = now;
    place.empty();
    if (state.trouble) place.append($('<p role="status">').text(state.trouble));
    if (state.count > 0) place.append(listOf(state, cancel));
  };
  const refresh = () =>
    void ask('GET /retries', {}).done((answer) => {
      if (!('problem' in answer)) show(answer);
    });
  const cancel = (id: string) =>
    void ask('DELETE /retries/:id', { params: { id } })
      .done((answer) => {
        if ('problem' in answer) notifyText(answer.problem, { type: 'error' });
        refresh();
      })
      .fail((failed) => void notifyText(refusalOf(failed) ?? text('retries.failed'), { type: 'error' }));
  return { place, refresh };
}

type Cancel = (id: string) => void;

function listOf({ entries, count }: RetriesState, cancel: Cancel): JQuery {
  const details = $('<details open>');
  $('<summary>')
    .text(text(count === 1 ? 'retries.one' : 'retries.title', { count }))
    .appendTo(details);
  const list = $('<ul>').appendTo(details);
  for (const entry of entries) list.append(lineOf(entry, cancel));
  if (count > entries.length) list.append($('<li>').text(text('more', { more: count - entries.length })));
  if (count > 1) details.append(button('all', cancel));
  return details;
}

function lineOf(entry: RetryRow, cancel: Cancel): JQuery {
  const { id, node, what, count, tries, problem } = entry;
  const [next, until] = [entry.next, entry.until].map(momentOf);
  const line = $('<li>');
  $('<span class="misp-run-aside">')
    .text(text('retries.line', { node, what: operationName(what), count }))
    .appendTo(line);
  $('<span>').text(text('retries.when', { tries, next, until })).appendTo(line);
  if (problem) $('<span>').text(problem).appendTo(line);
  return line.append(button(id, cancel));
}

function button(id: string, cancel: Cancel): JQuery {
  const ofAll = id === 'all' ? 'All' : '';
  return $('<button type="button" class="red-ui-button red-ui-button-small">')
    .attr('data-action', `cancelRetry${ofAll}`)
    .text(text(`retries.cancel${ofAll}`))
    .on('click', () => afterAsking(ofAll, () => cancel(id)));
}

function afterAsking(ofAll: string, cancelled: () => void): void {
  const buttons = { no: text('retries.keep'), yes: text(`retries.cancel${ofAll}`) };
  askFirst(text(`retries.ask${ofAll}`), buttons, cancelled);
}
