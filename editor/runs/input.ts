import { TRIGGERS } from '../../src/triggers/triggers';
import { notifyText } from '../show';
import { text } from './texts';
import type { Pasted } from './replay';

const MOST_CHARACTERS = 1024 * 1024;

/** A part of the sidebar that runs an input which was not recorded: pasted, or an event of MISP. */
export function inputForm(run: (trigger: string, input: Pasted, acts: boolean) => void): JQuery {
  const form = $('<details class="misp-run-input">');
  $('<summary>').text(text('input.title')).appendTo(form);
  const field = (key: string, input: JQuery) => {
    input.attr('aria-label', text(`input.${key}`));
    $('<label class="misp-run-field">')
      .append($('<span>').text(text(`input.${key}`)), input)
      .appendTo(form);
    return input;
  };
  const trigger = field('trigger', $('<select>'));
  const server = field('server', $('<select>'));
  const event = field('event', $('<input type="text" autocomplete="off">'));
  const pasted = field('pasted', $('<textarea rows="4" spellcheck="false">'));
  const buttons = $('<p class="misp-run-tools">').appendTo(form);
  for (const acts of [false, true]) {
    const key = acts ? 'replayForReal' : 'replay';
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .attr('data-action', `input-${key}`)
      .text(text(`actions.${key}`))
      .on('click', () => {
        const input = chosen();
        if (typeof input === 'string') notifyText(input, { type: 'warning' });
        else run(trigger.val(), input, acts);
      })
      .appendTo(buttons);
  }
  // The workspace changes meanwhile.
  form.on('toggle', fill);
  return form;

  function chosen(): Pasted | string {
    if (!trigger.val()) return text('input.noTrigger');
    if (pasted.val().length > MOST_CHARACTERS) return text('input.tooLarge');
    if (pasted.val().trim()) return { text: pasted.val() };
    if (!event.val().trim()) return text('input.nothing');
    return { server: server.val(), event: event.val().trim() };
  }

  function fill(): void {
    const ids = new Set(TRIGGERS.map(({ id }) => id));
    const triggers = RED.nodes.filterNodes({ type: 'misp-trigger' });
    options(
      trigger,
      triggers.filter((node) => ids.has(String(node.trigger))),
    );
    const servers: EditorNode[] = [];
    RED.nodes.eachConfig((node) => {
      if (node.type === 'misp-server') servers.push(node);
    });
    options(server, servers);
  }
}

function options(select: JQuery, nodes: EditorNode[]): void {
  const before = select.val();
  select.empty();
  for (const node of nodes)
    $('<option>').attr('value', node.id).text(RED.utils.getNodeLabel(node, node.id)).appendTo(select);
  if (nodes.some(({ id }) => id === before)) select.val(before);
}
