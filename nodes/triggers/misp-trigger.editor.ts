import { ask } from '../../editor/ask';
import { connectRow } from '../../editor/connect/dialog';
import { proposeClearance, showProposal } from '../../editor/connect/propose';
import { contactRow } from '../../editor/contact';
import { extend } from '../../editor/plugin';
import { offerEvents } from '../../editor/test-run/choose-event';
import { actingWords, testFromCanvas, testRun, type TestWith } from '../../editor/test-run/run';
import type { Use } from '../plugin/api';

/**
 * The module's name is filled once from the trigger, unique per listener, and never changed behind the user's back:
 * MISP's workflow refers to it.
 */
extend('misp-trigger', {
  onadd() {
    // What is copied or imported has its name.
    if (this.module) return;
    this.module = freeName(this, triggerOf(this) || 'event-publish');
    proposeClearance(this);
  },
  onbutton() {
    testFromCanvas(this);
  },
  oneditprepare() {
    connectRow(this, $('#node-input-complete').closest('.form-row'));
    showProposal(this, $('#node-input-clears').closest('.form-row'));
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
 * Buttons in the form: a run with the last request, with a sample of this trigger, or with an event of MISP. The same
 * answer of the runtime tells when MISP last asked.
 */
function offerTests(node: EditorNode): void {
  const text = (key: string) => node._(`misp-trigger.test.${key}`);
  const row = $('<div class="form-row misp-row">').insertBefore(
    $('#node-input-complete').closest('.form-row'),
  );
  $('<label>').text(text('label')).appendTo(row);
  const show = (state: string, message: string) =>
    result.attr('data-state', state).text(message).show()[0].scrollIntoView({ block: 'nearest' });
  const run = (withWhat: TestWith) => {
    show('busy', text('running'));
    testRun(node, withWhat, show);
  };
  const button = (use: Use) =>
    $('<button type="button" class="red-ui-button">')
      .text(text(use))
      .on('click', () => run({ use }))
      .css('margin-right', '6px')
      .prop('disabled', true)
      .appendTo(row);
  const showContact = contactRow(node, $('#node-input-module').closest('.form-row'), ['asked', 'fetched']);
  const [received, sample] = [button('received'), button('sample')];
  const { row: eventRow, enable } = offerEvents(node, row, (server, event) =>
    run({ use: 'event', server, event }),
  );
  const tips = $('<div class="form-row misp-row">').insertAfter(eventRow);
  const result = $('<div class="misp-describe misp-test" role="status" aria-live="polite">')
    .hide()
    .appendTo(tips);
  const acting = actingWords(node);
  if (acting) $('<div class="misp-describe" data-state="acting">').text(acting).appendTo(tips);
  $('<div class="misp-tip">').text(text('tip')).appendTo(tips);
  ask('GET /triggers/:id', { params: { id: node.id } })
    .done((trigger) => {
      if ('problem' in trigger) return;
      received.prop('disabled', trigger.receivedAt === 0);
      sample.prop('disabled', false);
      enable();
      showContact(trigger.contact);
    })
    .fail(() => result.text(text('notDeployed')).show());
}
