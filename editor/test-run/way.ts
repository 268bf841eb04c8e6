import type { Way } from '../../src/runs/way';

/** How long the way of a test run stays lit, in milliseconds: while a form covers it, longer. */
const LIT_MS = 12_000;
const LIT = 'misp-lit';

interface Datum {
  __data__?: { source?: EditorNode; sourcePort?: number; target?: EditorNode };
}

let shown: Way | undefined;
let timer: number | undefined;
let isWatching = false;

/** Lights the nodes and wires that a test run took, for a while; a new way takes the place of the one before. */
export function lightWay(way: Way): void {
  watch();
  shown = way;
  light();
  wait();
}

/** The canvas shows one tab at a time, and draws it anew; a form covers it. */
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  RED.events.on('workspace:change', () => window.setTimeout(light));
  RED.events.on('editor:close', () => {
    if (shown) wait();
  });
}

function wait(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    if (document.querySelector('.red-ui-tray')) return;
    shown = undefined;
    light();
  }, LIT_MS);
}

function light(): void {
  for (const element of document.querySelectorAll(`.${LIT}`)) element.classList.remove(LIT);
  if (!shown) return;
  const { isNode, isWire } = litParts(shown);
  for (const element of document.querySelectorAll('.red-ui-flow-node-group, .red-ui-flow-junction'))
    element.classList.toggle(LIT, isNode(element.id));
  for (const element of document.querySelectorAll('.red-ui-flow-link')) {
    const { source, sourcePort = 0, target } = (element as Datum).__data__ ?? {};
    element.classList.toggle(LIT, Boolean(source && target && isWire(source, sourcePort, target)));
  }
}

/** What of the workspace is lit. A message goes into and out of a subflow without passing its ports. */
function litParts({ nodes, wires }: Way) {
  const lit = new Set(nodes);
  const taken = new Set(wires.map((wire) => wire.join(' ')));
  const targets = new Set(wires.map(([, , to]) => to));
  const sources = new Set(wires.map(([from, port]) => `${from} ${port}`));
  return {
    isNode: (id: string) => lit.has(id),
    isWire: (source: EditorNode, port: number, target: EditorNode) => {
      if (taken.has(`${source.id} ${port} ${target.id}`)) return true;
      if (source.type.startsWith('subflow:')) return lit.has(source.id) && targets.has(target.id);
      if (source.type === 'subflow') return targets.has(target.id);
      return target.type === 'subflow' && sources.has(`${source.id} ${port}`);
    },
  };
}
