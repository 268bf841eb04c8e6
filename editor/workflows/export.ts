import type { WorkflowNote } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { download } from '../download';
import { text } from '../flows/texts';
import { openTray } from '../flows/tray';
import { notifyText } from '../show';
import { failureOf, listOfNotes, problemOf } from './answers';
import { serverChoice } from './servers';

const QUIET_MS = 400;

interface Written {
  text: string;
  notes: WorkflowNote[];
}

/** Opens the export of what is selected, or else of the whole tab, as a blueprint of MISP. */
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

/** The selection with its config nodes, as it would be exported; without secrets. */
function chosenNodes(): object[] {
  const tab = RED.workspaces.active();
  const selected = RED.view.selection().nodes ?? [];
  const all = [...RED.nodes.filterNodes({ z: tab }), ...RED.nodes.groups(tab), ...RED.nodes.junctions(tab)];
  const set = RED.nodes.createExportableNodeSet(selected.length > 0 ? selected : all);
  return set.map((node) => ({ ...node, credentials: undefined }));
}

function fill(body: JQuery, nodes: object[]): void {
  const tab = RED.nodes.workspace(RED.workspaces.active());
  const name = $('<input type="text" id="misp-blueprint-name">').val(
    typeof tab?.label === 'string' ? tab.label : '',
  );
  const description = $('<input type="text" id="misp-blueprint-description">').val('');
  const server = serverChoice();
  const notes = $('<div role="status" aria-live="polite">');
  const json = $('<textarea rows="12" readonly class="misp-workflow-text">').attr('aria-label', text('json'));
  const wish = () => ({ nodes, name: name.val(), description: description.val() });
  const show = (problem: string, written?: Written) => {
    notes.empty();
    if (problem) notes.append($('<p class="misp-workflow-problem">').text(problem));
    if (written) notes.append(listOfNotes(written.notes));
    json.val(written?.text ?? '');
    for (const button of buttons) button.prop('disabled', written === undefined);
  };
  const buttons = buttonsFor(json, name, () => save(wish(), server.val(), (problem) => show(problem)));
  let timer: number | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      ask('POST /workflows/write', { body: wish() })
        .done((answer) => show(problemOf(answer) ?? '', 'problem' in answer ? undefined : answer))
        .fail((request) => show(failureOf(request)));
    }, QUIET_MS);
  };
  for (const [label, input] of [
    ['name', name],
    ['description', description],
    ['server', server],
  ] as const) {
    $('<div class="form-row">')
      .append($('<label>').text(text(label)))
      .append(input)
      .appendTo(body);
    input.attr('aria-label', text(label));
  }
  name.on('input', write);
  description.on('input', write);
  $('<p class="misp-workflow-buttons">').append(buttons).appendTo(body);
  notes.appendTo(body);
  json.appendTo(body);
  show('');
  write();
}

function buttonsFor(json: JQuery, name: JQuery, saveIt: () => void): JQuery[] {
  const button = (id: string, run: () => void) =>
    $('<button type="button" class="red-ui-button">')
      .attr('id', `misp-blueprint-${id}`)
      .text(text(id))
      .on('click', run);
  return [
    button('download', () => download(`${name.val().trim()}.json`, json.val())),
    button('copy', () => RED.clipboard.copyText(json.val(), json, text('copied'))),
    button('save', saveIt),
  ];
}

function save(
  wish: { nodes: object[]; name: string; description: string },
  server: string,
  refuse: (problem: string) => void,
): void {
  ask('POST /workflows/save', { body: { ...wish, server } })
    .done((answer) => {
      const problem = problemOf(answer);
      if (problem !== undefined) return refuse(problem);
      RED.tray.close();
      notifyText(text('saved', { name: wish.name }), { type: 'success' });
    })
    .fail((request) => refuse(failureOf(request)));
}
