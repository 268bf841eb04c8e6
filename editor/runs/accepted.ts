import type { AcceptedState, BodyOf } from '../../nodes/plugin/api';
import type { AsideRequest } from '../../src/queue/overview';
import { ask, refusalOf } from '../ask';
import { askFirst, notifyText } from '../show';
import { momentOf, text } from './texts';

type What = BodyOf<'POST /accepted/:id'>['do'];

/** The accepted requests that were put aside, or that no trigger takes; nothing is shown where there are none. */
export function acceptedList(): { place: JQuery; refresh: () => void } {
  const place = $('<div class="misp-run-accepted">');
  let known = '';
  const show = (state: AcceptedState) => {
    // What is read out once is not read out again, and a button that has the focus keeps it.
    const now = JSON.stringify([state.aside, state.asideCount, state.stranded]);
    if (now === known) return;
    known = now;
    place.empty();
    for (const { module, count } of state.stranded)
      place.append($('<p role="status">').text(text('accepted.stranded', { module, count })));
    if (state.asideCount > 0) place.append(asideOf(state, act));
  };
  const refresh = () =>
    void ask('GET /accepted', {}).done((answer) => {
      if (!('problem' in answer)) show(answer);
    });
  const act = (id: string, what: What) =>
    void ask('POST /accepted/:id', { params: { id }, body: { do: what } })
      .done((answer) => {
        if ('problem' in answer) notifyText(answer.problem, { type: 'error' });
        refresh();
      })
      .fail((failed) => void notifyText(refusalOf(failed) ?? text('accepted.failed'), { type: 'error' }));
  return { place, refresh };
}

type Act = (id: string, what: What) => void;

function asideOf({ aside, asideCount: count }: AcceptedState, act: Act): JQuery {
  const details = $('<details open>');
  $('<summary>')
    .text(text(count === 1 ? 'accepted.one' : 'accepted.title', { count }))
    .appendTo(details);
  const list = $('<ul>').appendTo(details);
  for (const request of aside) list.append(lineOf(request, act));
  if (count > aside.length) list.append($('<li>').text(text('more', { more: count - aside.length })));
  if (count > 1) details.append(buttons('all', act));
  return details;
}

function lineOf({ id, module, receivedAt, reason, attempts, size }: AsideRequest, act: Act): JQuery {
  const line = $('<li>');
  const kilobytes = Math.max(1, Math.round(size / 1024));
  $('<span class="misp-run-aside">')
    .text(text('accepted.line', { module, time: momentOf(receivedAt), kilobytes }))
    .appendTo(line);
  $('<span>')
    .text(text(`accepted.reason.${reason}`, { attempts }))
    .appendTo(line);
  return line.append(buttons(String(id), act));
}

function buttons(id: string, act: Act): JQuery {
  const ofAll = id === 'all' ? 'All' : '';
  const row = $('<span class="misp-run-aside-buttons">');
  for (const what of ['restart', 'forget'] as const)
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .attr('data-action', `${what}Aside${ofAll}`)
      .text(text(`accepted.${what}${ofAll}`))
      .on('click', () => (what === 'restart' ? act(id, what) : afterAsking(id, () => act(id, what))))
      .appendTo(row);
  return row;
}

/** What is deleted was promised to MISP. */
function afterAsking(id: string, forget: () => void): void {
  const question = text(id === 'all' ? 'accepted.askAll' : 'accepted.ask');
  askFirst(question, { no: text('accepted.keep'), yes: text('accepted.forget') }, forget);
}
