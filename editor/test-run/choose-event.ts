import type { Answer } from '../../nodes/plugin/api';
import { takesEvents } from '../../src/triggers/of-events';
import { ask, refusalOf } from '../ask';
import { describe } from '../problems';
import { mispOf } from '../server';
import { textFrom } from '../show';
import { suggestions } from '../widgets/suggestions';

/** How long typing rests before MISP is asked, in milliseconds. */
const REST_MS = 250;
const ID = 'misp-test-event';

/** A row that chooses an event of a MISP, by id, uuid or a part of its info, for a test run. */
export function offerEvents(
  node: EditorNode,
  before: JQuery,
  run: (server: string, event: string) => void,
): { row: JQuery; enable: () => void } {
  const text = (key: string, params?: object) => textFrom(node, `misp-trigger.test.${key}`, params);
  const row = $('<div class="form-row misp-row">').insertAfter(before);
  $('<label>').attr('for', ID).text(text('eventLabel')).appendTo(row);
  const place = $('<div class="misp-picker misp-test-event">').appendTo(row);
  const input = $('<input type="text" autocomplete="off" spellcheck="false">')
    .attr({ id: ID, placeholder: text('eventPlaceholder') })
    .appendTo(place);
  const list = suggestions({ id: `${ID}-options`, input, place, onPick: pick });
  const button = $('<button type="button" class="red-ui-button">')
    .text(text('event'))
    .prop('disabled', true)
    .on('click', () => {
      const server = misp();
      if (server) run(server.id, input.val().trim());
      else hint.text(text('noServer'));
    })
    .appendTo(place);
  const hint = $('<div class="misp-hint" role="status">').attr('id', `${ID}-hint`).appendTo(place);
  describe(input, `${ID}-hint`);
  const misp = mispOf('misp-test-', place, text('which'));
  let request: JQueryRequest<Answer<'GET /events'>> | undefined;
  let timer: number | undefined;

  function pick(id: string): void {
    list.close();
    input.val(id);
  }
  function search(): void {
    clearTimeout(timer);
    request?.abort();
    const server = misp();
    if (!server) return void hint.text(text('noServer'));
    timer = window.setTimeout(() => {
      request = ask('GET /events', { query: { server: server.id, search: input.val() } })
        .done(show)
        .fail((failed, reason) => {
          if (reason !== 'abort') hint.text(refusalOf(failed) ?? text('failed', { status: failed.status }));
        });
    }, REST_MS);
  }
  function show(answer: Answer<'GET /events'>): void {
    if ('problem' in answer) {
      hint.text(answer.problem === 'notDeployed' ? text('mispNotDeployed') : answer.problem);
      return list.close();
    }
    const { items, more } = answer;
    const isNothing = items.length === 0 && !more && input.val().trim() !== '';
    hint.text(isNothing ? text('noEvent') : '');
    if (input.is(':focus')) list.show(items);
  }
  input.on('input focus', search).on('blur', () => {
    clearTimeout(timer);
    request?.abort();
    list.close();
  });
  // What is chosen here is no setting of the node.
  row.on('change input', (event) => event.stopPropagation());
  const trigger = $('#node-input-trigger');
  const refresh = () => row.toggle(takesEvents(trigger.val()));
  trigger.on('change', refresh);
  refresh();
  return { row, enable: () => void button.prop('disabled', false) };
}
