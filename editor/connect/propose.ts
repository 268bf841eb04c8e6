import type { Answer, ClosedMisp } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { text } from './texts';

/** What was asked for triggers that were drawn since the editor was opened, and whose form was not opened yet. */
const asked = new Map<string, JQueryRequest<Answer<'GET /connect/closed'>>>();

/**
 * A trigger that was just drawn clears what may be published, if Connect has set the MISP up so that it stops without: a
 * trigger that does not would stop every publication there. With several such MISPs nobody knows which is meant.
 */
export function proposeClearance(node: EditorNode): void {
  const request = ask('GET /connect/closed', { query: { trigger: String(node.trigger) } });
  asked.set(node.id, request);
  request
    .done((answer) => {
      const found = onlyOne(answer);
      if (!found || node.clears === true) return;
      Object.assign(node, { clears: true, clearServer: found.server, clearTag: freeTag(found, node) });
      RED.nodes.updateConfigNodeUsers?.(node, { action: 'add' });
      RED.editor.validateNode(node);
      RED.view.redraw();
    })
    .fail(() => asked.delete(node.id));
}

/** Two triggers with one tag would clear for each other: the second gets a tag of its own. */
function freeTag({ server, tag }: ClosedMisp, node: EditorNode): string {
  const taken = new Set<unknown>();
  RED.nodes.eachNode((other) => {
    const isOne = other.type === 'misp-trigger' && other.id !== node.id && other.clears === true;
    if (isOne && other.clearServer === server) taken.add(other.clearTag);
  });
  let free = tag;
  for (let number = 2; taken.has(free); number++) free = `${tag}-${number}`;
  return free;
}

function onlyOne(answer: object): ClosedMisp | undefined {
  const { closed = [] } = answer as Partial<{ closed: ClosedMisp[] }>;
  const [found] = closed;
  return closed.length === 1 && RED.nodes.node(found.server) ? found : undefined;
}

/** Says in the form, once, what was proposed and why; whoever was quicker than the answer gets it there. */
export function showProposal(node: EditorNode, after: JQuery): void {
  const request = asked.get(node.id);
  asked.delete(node.id);
  request?.done((answer) => {
    const found = onlyOne(answer);
    if (!found || !after[0]?.isConnected) return;
    $('#node-input-clears').prop('checked', true).trigger('change');
    $('#node-input-clearServer').val(found.server).trigger('change');
    const tag = freeTag(found, node);
    $('#node-input-clearTag').val(tag).trigger('change');
    const words = tag === found.tag ? 'proposed' : 'proposedOther';
    $('<div class="misp-describe misp-proposed" role="status">')
      .text(text(words, { url: found.url, tag, other: found.tag }))
      .insertAfter(after);
  });
}
