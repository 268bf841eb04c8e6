import { textFrom } from './show';
import type { NodeAnswer } from '../nodes/plugin/api';
import { ask, refusalOf } from './ask';
import type { OurNode, Registered } from './plugin';
import { triggersAbove } from './upstream';

/** "Try it": what the node would do with the last message of its trigger, or with a pasted event. */
export function offerTrial(node: OurNode, description: Registered): void {
  const text = (key: string, params?: object) => textFrom(node, `${node.type}.trial.${key}`, params);
  const details = $('<details class="misp-trial">').appendTo('#dialog-form');
  $('<summary>').text(text('title')).appendTo(details);
  const row = $('<div class="form-row misp-row">').appendTo(details);
  $('<label for="misp-trial-event">').text(text('event')).appendTo(row);
  const event = $('<textarea id="misp-trial-event" rows="3" spellcheck="false">')
    .attr('placeholder', text('placeholder'))
    .appendTo(row);
  const fields = Object.values(description.fields);
  if (fields.some((field) => field.kind === 'typed' && field.types.includes('jsonata')))
    $('<div class="misp-tip">').text(text('tip')).appendTo(row);
  const button = $('<button type="button" class="red-ui-button">').text(text('button')).appendTo(details);
  const result = $('<div class="misp-describe misp-test" role="status" aria-live="polite">')
    .hide()
    .appendTo(details);
  const show = (state: string, message: string) => {
    result.attr('data-state', state).text(message).show()[0].scrollIntoView({ block: 'nearest' });
  };
  const tell = (answer: NodeAnswer) => {
    if ('problem' in answer) return show('error', answer.problem);
    const { source, trigger, outcome, found } = answer;
    const on = text(`on.${source}`, { trigger });
    const output = node._(`${node.type}.outputs.${outcome}`);
    show('ok', text('result', { on, output, found }));
  };

  button.on('click', () => {
    const settings = readForm(node, description);
    const body = { type: node.type, settings, triggers: triggersAbove(node), event: event.val() };
    ask('POST /try/node', { body })
      .done(tell)
      .fail((failed) => {
        const { status } = failed;
        const refusal = refusalOf(failed);
        if (refusal !== undefined) show('warning', refusal);
        else show('error', text(status === 401 ? 'forbidden' : 'failed', { status }));
      });
  });
}

/** The settings as they stand in the form. */
function readForm(node: OurNode, { fields, version }: Registered): Record<string, unknown> {
  const settings: Record<string, unknown> = { version };
  for (const [name, { kind }] of Object.entries(fields)) {
    const input = $(`#node-input-${name}`);
    settings[name] = kind === 'checkbox' ? input.prop('checked') : input.val();
  }
  for (const [name, read] of node.mispWidgets ?? []) settings[name] = read();
  return settings;
}
