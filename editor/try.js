import { triggersAbove } from './upstream.js';

/** "Try it": what the node would do with the last message of its trigger, or with a pasted event. */
export function offerTrial(node, description) {
  const text = (key, params) =>
    node._(`${node.type}.trial.${key}`, { ...params, interpolation: { escapeValue: false } });
  const details = $('<details class="misp-trial">').appendTo('#dialog-form');
  $('<summary>').text(text('title')).appendTo(details);
  const row = $('<div class="form-row misp-row">').appendTo(details);
  $('<label for="misp-trial-event">').text(text('event')).appendTo(row);
  const event = $('<textarea id="misp-trial-event" rows="3" spellcheck="false">')
    .attr('placeholder', text('placeholder'))
    .appendTo(row);
  if (Object.values(description.fields).some(({ types = [] }) => types.includes('jsonata')))
    $('<div class="misp-tip">').text(text('tip')).appendTo(row);
  const button = $('<button type="button" class="red-ui-button">').text(text('button')).appendTo(details);
  const result = $('<div class="misp-describe misp-test" role="status" aria-live="polite">')
    .hide()
    .appendTo(details);
  const show = (state, message) => {
    result.attr('data-state', state).text(message).show()[0].scrollIntoView({ block: 'nearest' });
  };

  button.on('click', () => {
    $.ajax({
      url: 'misp-workflows/try/node',
      type: 'POST',
      contentType: 'application/json',
      data: JSON.stringify({
        type: node.type,
        settings: readForm(node, description),
        triggers: triggersAbove(node),
        event: event.val(),
      }),
    })
      .done(({ problem, source, trigger, outcome, found }) => {
        if (problem) return show('error', problem);
        const on = text(`on.${source}`, { trigger });
        const output = node._(`${node.type}.outputs.${outcome}`);
        show('ok', text('result', { on, output, found }));
      })
      .fail(({ status }) => show('error', text(status === 401 ? 'forbidden' : 'failed', { status })));
  });
}

/** The settings as they stand in the form. */
function readForm(node, { fields, version }) {
  const settings = { version };
  for (const [name, { kind }] of Object.entries(fields)) {
    const input = $(`#node-input-${name}`);
    settings[name] = kind === 'checkbox' ? input.prop('checked') : input.val();
  }
  for (const [name, read] of node.mispWidgets) settings[name] = read();
  return settings;
}
