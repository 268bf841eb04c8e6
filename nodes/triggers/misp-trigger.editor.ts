import { ask, refusalOf } from '../../editor/ask';
import { contactRow } from '../../editor/contact';
import { extend } from '../../editor/plugin';
import { notifyText, textFrom } from '../../editor/show';
import type { TestRun, Use } from '../plugin/api';

/**
 * The module's name is filled once from the trigger, unique per listener, and never changed behind the user's back:
 * MISP's workflow refers to it.
 */
extend('misp-trigger', {
  onadd() {
    if (!this.module) this.module = freeName(this, triggerOf(this) || 'event-publish');
  },
  onbutton() {
    testRun(this, 'received');
  },
  oneditprepare() {
    offerTests(this);
    const input = $('#node-input-module');
    const original = triggerOf(this);
    const untouched = input.val() === freeName(this, original) || input.val() === '';
    let suggested = untouched ? input.val() : undefined;
    $('#node-input-trigger').on('change', () => {
      if (input.val() !== suggested && input.val() !== '') return;
      suggested = freeName(this, $('#node-input-trigger').val());
      input.val(suggested);
    });
  },
});

function triggerOf({ trigger }: EditorNode): string {
  return typeof trigger === 'string' ? trigger : '';
}

function freeName(node: EditorNode, trigger: string): string {
  const taken = new Set<unknown>();
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
function offerTests(node: EditorNode): void {
  const text = (key: string) => node._(`misp-trigger.test.${key}`);
  const row = $('<div class="form-row misp-row">').insertBefore(
    $('#node-input-complete').closest('.form-row'),
  );
  $('<label>').text(text('label')).appendTo(row);
  const button = (use: Use) =>
    $('<button type="button" class="red-ui-button">')
      .text(text(use))
      .on('click', () => testRun(node, use, result))
      .css('margin-right', '6px')
      .appendTo(row);
  const showContact = contactRow(node, $('#node-input-module').closest('.form-row'), ['asked', 'fetched']);
  const [received, sample] = [button('received'), button('sample')];
  const result = $('<div class="misp-describe misp-test" role="status" aria-live="polite">')
    .hide()
    .appendTo(row);
  $('<div class="misp-tip">').text(text('tip')).appendTo(row);
  received.prop('disabled', true);
  ask('GET /triggers/:id', { params: { id: node.id } })
    .done((trigger) => {
      if ('problem' in trigger) return;
      received.prop('disabled', trigger.receivedAt === 0);
      showContact(trigger.contact);
    })
    .fail(() => {
      sample.prop('disabled', true);
      result.text(text('notDeployed')).show();
    });
}

/** Sends a request through the deployed flow as a test, and says what MISP would have been told. */
function testRun(node: EditorNode, use: Use, element?: JQuery): void {
  const show = (state: string, message: string) => {
    if (element)
      element.attr('data-state', state).text(message).show()[0].scrollIntoView({ block: 'nearest' });
    else notifyText(message, { type: state === 'ok' ? 'success' : state });
  };
  const text = (key: string, params?: object) => textFrom(node, `misp-trigger.test.${key}`, params);
  if (element) show('busy', text('running'));
  const tell = ({ kind, outcome, cause, reason, failed }: TestRun) => {
    const state = outcome === 'block' || failed.length > 0 ? 'warning' : 'ok';
    const why = reason ? `: ${reason}` : '';
    const told = text(outcome, { with: text(`with.${kind}`), cause: text(`cause.${cause}`), why });
    show(state, [failedText(failed), told].filter(Boolean).join(' '));
  };
  const failedText = (labels: string[]) =>
    labels.length === 0
      ? ''
      : text(labels.length === 1 ? 'failedNode' : 'failedNodes', {
          count: labels.length,
          nodes: labels.join(', '),
        });
  ask('POST /triggers/:id/test', { params: { id: node.id }, body: { use } })
    .done((answer) => ('problem' in answer ? show('error', answer.problem) : tell(answer)))
    .fail((failed) => {
      const { status } = failed;
      const refusal = refusalOf(failed);
      if (refusal !== undefined) show('warning', refusal);
      else show('error', text(status === 404 ? 'notDeployed' : 'failed', { status }));
    });
}
