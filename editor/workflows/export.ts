import type { WorkflowNote } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { download } from '../download';
import type { FlowNode } from '../flows/flow';
import { labelFor } from '../flows/picture';
import { text } from '../flows/texts';
import { openTray } from '../flows/tray';
import { notifyText } from '../show';
import { failureOf, listOfNotes, problemOf } from './answers';
import { behindTrigger, chosenNodes, nameHere, triggersIn } from './chosen';
import { serverChoice } from './servers';

const QUIET_MS = 400;

interface Written {
  text: string;
  notes: WorkflowNote[];
}

/** What is to be written, and where to. */
interface Wish {
  nodes: FlowNode[];
  name: string;
  description: string;
}

/** Opens the export of what is marked, or else of the open tab, as a blueprint of MISP. */
export function openExport(): void {
  const nodes = chosenNodes();
  if (nodes.length === 0) {
    notifyText(text('nothingToExport'), { type: 'warning' });
    return;
  }
  openTray({
    title: text('exportTitle'),
    width: 700,
    cancel: text('close'),
    fill: (body) => fill(body, nodes),
  });
}

function fill(body: JQuery, nodes: FlowNode[]): void {
  const name = $('<input type="text" id="misp-blueprint-name">').val(nameHere());
  const description = $('<input type="text" id="misp-blueprint-description">').val('');
  const server = serverChoice();
  const trigger = triggerChoice(nodes);
  const notes = $('<div role="status" aria-live="polite">');
  const json = $('<textarea rows="12" readonly class="misp-workflow-text">').attr('aria-label', text('json'));
  const wish = (): Wish => ({
    nodes: trigger?.val() ? behindTrigger(nodes, trigger.val()) : nodes,
    name: name.val(),
    description: description.val(),
  });
  let written: Written | undefined;
  const show = (problem = '') => {
    notes.empty();
    if (problem) notes.append($('<p class="misp-workflow-problem">').text(problem));
    if (written) notes.append(listOfNotes(written.notes));
    json.val(written?.text ?? '');
    for (const button of buttons) button.prop('disabled', written === undefined);
  };
  const save = (button: JQuery) => {
    button.prop('disabled', true);
    saveInto(server.val(), wish(), show);
  };
  const buttons = buttonsFor(json, name, save);
  const write = writer((problem, made) => {
    written = made;
    show(problem);
  });
  for (const [label, input] of [
    ['trigger', trigger],
    ['name', name],
    ['description', description],
    ['server', server],
  ] as const) {
    if (!input) continue;
    input.attr('aria-label', text(label));
    $('<div class="form-row">')
      .append($('<label>').text(text(label)))
      .append(input)
      .appendTo(body);
  }
  for (const input of [name, description]) input.on('input', () => write(wish(), QUIET_MS));
  trigger
    ?.on('change', () => write(wish(), 0))
    .after($('<p class="misp-workflow-hint">').text(text('oneTrigger')));
  $('<p class="misp-workflow-buttons">').append(buttons).appendTo(body);
  notes.appendTo(body);
  json.appendTo(body);
  show();
  write(wish(), 0);
}

/** MISP allows one trigger: of several one is chosen, with what it leads to. */
function triggerChoice(nodes: readonly FlowNode[]): JQuery | undefined {
  const triggers = triggersIn(nodes);
  if (triggers.length < 2) return undefined;
  const choice = $('<select id="misp-blueprint-trigger">');
  for (const trigger of triggers)
    $('<option>').attr('value', trigger.id).text(labelFor(trigger)).appendTo(choice);
  return choice.append($('<option value="">').text(text('allTriggers', { count: triggers.length })));
}

/** Asks the runtime for the blueprint; only the last answer counts. */
function writer(take: (problem: string, written?: Written) => void): (wish: Wish, wait: number) => void {
  let timer: number | undefined;
  let asked = 0;
  return (wish, wait) => {
    clearTimeout(timer);
    const mine = ++asked;
    timer = window.setTimeout(() => {
      ask('POST /workflows/write', { body: wish })
        .done((answer) => {
          if (mine !== asked) return;
          if ('problem' in answer) take(problemOf(answer) ?? '');
          else take('', answer);
        })
        .fail((request) => mine === asked && take(failureOf(request)));
    }, wait);
  };
}

function buttonsFor(json: JQuery, name: JQuery, save: (button: JQuery) => void): JQuery[] {
  const button = (id: string, run: (button: JQuery) => void) => {
    const made = $('<button type="button" class="red-ui-button">').attr('id', `misp-blueprint-${id}`);
    return made.text(text(id)).on('click', () => run(made));
  };
  return [
    button('download', () => download(`${name.val().trim()}.json`, json.val())),
    button('copy', () => RED.clipboard.copyText(json.val(), json, text('copied'))),
    button('save', save),
  ];
}

function saveInto(server: string, wish: Wish, refuse: (problem: string) => void): void {
  ask('POST /workflows/save', { body: { ...wish, server } })
    .done((answer) => {
      const problem = problemOf(answer);
      if (problem !== undefined) return refuse(problem);
      RED.tray.close();
      notifyText(text('saved', { name: wish.name }), { type: 'success' });
    })
    .fail((request) => refuse(failureOf(request)));
}
