import type { WorkflowPreview } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { bringIn } from '../flows/bring-in';
import type { FlowNode } from '../flows/flow';
import { pictureOf } from '../flows/picture';
import { text } from '../flows/texts';
import { openTray } from '../flows/tray';
import { wordsOfFlow } from '../flows/words';
import { failureOf, listOfNotes, problemOf } from './answers';
import { listFromMisp } from './list';
import { serverChoice } from './servers';

const BUTTON = 'misp-workflow-import';
const QUIET_MS = 400;
/** More is refused before it is read: the runtime takes less. */
const MOST_BYTES = 16_000_000;

/** Opens the import of MISP's workflows and blueprints: from text, a file, or the connected MISP. */
export function openImport(): void {
  let preview: WorkflowPreview | undefined;
  const own = $('<input type="checkbox" id="misp-workflow-own-tab">');
  openTray({
    title: text('importTitle'),
    width: 760,
    cancel: text('close'),
    buttons: [
      {
        id: BUTTON,
        text: text('import'),
        click() {
          if (!preview) return;
          const { nodes, name } = preview;
          const flow = nodes as FlowNode[];
          RED.tray.close(() => bringIn(flow, name || text('unnamed'), own.prop('checked')));
        },
      },
    ],
    fill: (body) => fill(body, own, (found) => (preview = found)),
  });
  enable(false);
}

const enable = (isReady: boolean) => $(`#${BUTTON}`).toggleClass('disabled', !isReady);

function fill(body: JQuery, own: JQuery, take: (preview: WorkflowPreview | undefined) => void): void {
  const server = serverChoice();
  const pasted = $('<textarea rows="6" class="misp-workflow-text" spellcheck="false">').attr({
    placeholder: text('paste'),
    'aria-label': text('paste'),
  });
  const file = $('<input type="file" accept=".json,application/json">').attr('aria-label', text('file'));
  const shown = $('<div class="misp-workflow-preview" role="status" aria-live="polite">');
  const show = (preview: WorkflowPreview | undefined, problem = '') => {
    take(preview);
    enable(preview !== undefined);
    shown.empty();
    if (problem) shown.append($('<p class="misp-workflow-problem">').text(problem));
    if (preview) shown.append(...previewOf(preview));
  };
  const read = reader(show, server);
  pasted.on('input', () => read(pasted.val(), QUIET_MS));
  // The same file can be chosen again when it was changed.
  file.on('click', () => file.val(''));
  file.on('change', () => {
    const [chosen] = (file[0] as HTMLInputElement).files ?? [];
    if (!chosen) return;
    read('', 0);
    if (chosen.size > MOST_BYTES) return show(undefined, text('tooLarge'));
    chosen.text().then(
      (words) => read(words, 0),
      () => show(undefined, text('unreadable')),
    );
  });
  server.on('change', () => read(undefined, 0));
  const list = listFromMisp(
    server,
    (words) => read(words, 0),
    (problem) => show(undefined, problem),
  );
  $('<div class="form-row">')
    .append($('<label>').text(text('server')))
    .append(server)
    .appendTo(body);
  list.appendTo(body);
  $('<p>').append(file).appendTo(body);
  pasted.appendTo(body);
  const label = $('<label for="misp-workflow-own-tab">')
    .append(own)
    .append($('<span>').text(text('ownTab')));
  $('<p class="misp-gallery-where">').append(label).appendTo(body);
  shown.appendTo(body);
  pasted.trigger('focus');
}

/** Asks the runtime what a text would become; only the last answer counts. */
function reader(
  show: (preview: WorkflowPreview | undefined, problem?: string) => void,
  server: JQuery,
): (words: string | undefined, wait: number) => void {
  let last = '';
  let timer: number | undefined;
  let asked = 0;
  return (words, wait) => {
    if (words !== undefined) last = words;
    clearTimeout(timer);
    const mine = ++asked;
    show(undefined);
    if (last.trim() === '') return;
    timer = window.setTimeout(() => {
      const announced = RED.nodes
        .filterNodes({ type: 'misp-trigger' })
        .flatMap(({ module }) => (typeof module === 'string' ? [module] : []));
      ask('POST /workflows/read', { body: { text: last, server: server.val(), announced } })
        .done((answer) => {
          if (mine !== asked) return;
          const problem = problemOf(answer);
          if (problem === undefined) show(answer as WorkflowPreview);
          else show(undefined, problem);
        })
        .fail((request) => mine === asked && show(undefined, failureOf(request)));
    }, wait);
  };
}

function previewOf({ name, description, nodes, notes }: WorkflowPreview): JQuery[] {
  const flow = nodes as FlowNode[];
  const missing = [...new Set(flow.map(({ type }) => type))].filter(
    (type) => type !== 'tab' && type !== 'group' && !RED.nodes.getType(type),
  );
  const lacks = missing.map((type) => ({ level: 'warning' as const, words: text('missingType', { type }) }));
  const words = wordsOfFlow(flow).map((line) => $('<li>').text(line));
  return [
    $('<h4>').text(name || text('unnamed')),
    $('<p class="misp-workflow-description">').text(description),
    $('<div class="misp-gallery-picture">').append(pictureOf(flow, name || text('unnamed'))),
    listOfNotes([...lacks, ...notes]),
    $('<ol class="misp-workflow-words">').attr('aria-label', text('words')).append(words),
  ];
}
