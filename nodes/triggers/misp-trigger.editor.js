/* The module's name is filled once from the trigger, unique per listener, and never changed behind the
 * user's back: MISP's workflow refers to it. */
MISPWorkflows.extend('misp-trigger', {
  onadd() {
    if (!this.module) this.module = freeName(this, this.trigger || 'event-publish');
  },
  onbutton() {
    testRun(this, 'received');
  },
  oneditprepare() {
    offerTests(this);
    const input = $('#node-input-module');
    const original = this.trigger;
    const untouched = input.val() === freeName(this, original) || input.val() === '';
    let suggested = untouched ? input.val() : undefined;
    $('#node-input-trigger').on('change', () => {
      if (input.val() !== suggested && input.val() !== '') return;
      suggested = freeName(this, $('#node-input-trigger').val());
      input.val(suggested);
    });
  },
});

function freeName(node, trigger) {
  const taken = new Set();
  RED.nodes.eachNode((other) => {
    if (other.type === 'misp-trigger' && other.id !== node.id) taken.add(other.module);
  });
  const base = `nodered_${trigger.replace(/-/g, '_')}`;
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
  return name;
}

/**
 * Buttons in the form: a run with the last request, or with a sample of this trigger. The same answer of the runtime
 * tells when MISP last asked.
 */
function offerTests(node) {
  const text = (key, params) => node._(`misp-trigger.test.${key}`, params);
  const row = $('<div class="form-row misp-row">').insertBefore(
    $('#node-input-complete').closest('.form-row'),
  );
  $('<label>').text(text('label')).appendTo(row);
  const button = (use) =>
    $('<button type="button" class="red-ui-button">')
      .text(text(use))
      .on('click', () => testRun(node, use, result))
      .css('margin-right', '6px')
      .appendTo(row);
  const showContact = MISPWorkflows.contactRow(node, $('#node-input-module').closest('.form-row'), [
    'asked',
    'fetched',
  ]);
  const [received, sample] = [button('received'), button('sample')];
  const result = $('<div class="misp-describe misp-test" role="status" aria-live="polite">')
    .hide()
    .appendTo(row);
  $('<div class="misp-tip">').text(text('tip')).appendTo(row);
  received.prop('disabled', true);
  $.getJSON(`misp-workflows/triggers/${node.id}`)
    .done(({ receivedAt, contact }) => {
      received.prop('disabled', receivedAt === 0);
      showContact(contact);
    })
    .fail(() => {
      sample.prop('disabled', true);
      result.text(text('notDeployed')).show();
    });
}

/** Sends a request through the deployed flow as a test, and says what MISP would have been told. */
function testRun(node, use, element) {
  const show = (state, message) => {
    if (element)
      element.attr('data-state', state).text(message).show()[0].scrollIntoView({ block: 'nearest' });
    else MISPWorkflows.notifyText(message, { type: state === 'ok' ? 'success' : state });
  };
  const text = (key, params) =>
    node._(`misp-trigger.test.${key}`, { ...params, interpolation: { escapeValue: false } });
  if (element) show('busy', text('running'));
  $.ajax({
    url: `misp-workflows/triggers/${node.id}/test`,
    type: 'POST',
    contentType: 'application/json',
    data: JSON.stringify({ use }),
  })
    .done(({ kind, outcome, cause, reason }) => {
      const state = outcome === 'block' ? 'warning' : 'ok';
      const why = reason ? `: ${reason}` : '';
      show(state, text(outcome, { with: text(`with.${kind}`), cause: text(`cause.${cause}`), why }));
    })
    .fail((xhr) =>
      show('error', text(xhr.status === 404 ? 'notDeployed' : 'failed', { status: xhr.status })),
    );
}
