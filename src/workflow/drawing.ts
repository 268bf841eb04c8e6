import { text, words as inWords } from '../text';
import type { Block, FlowNode, Frame, Graph, Note } from './graph';

/** Where the nodes of blocks are put. */
export type Places = Map<string, [x: number, y: number]>;

/** MISP's blocks are larger than nodes. */
export const SCALE = 0.7;
const CORNER = { x: 140, y: 100 };
/** Half the size of a node, with some room. */
const ROOM = { x: 110, y: 35 };

/** The layout of the blocks, in whole numbers, with the first at the upper left. */
export function layout(blocks: readonly Block[]): Places {
  const scaled = blocks.map(({ id, x, y }) => ({ id, x: Math.round(x * SCALE), y: Math.round(y * SCALE) }));
  const left = scaled.reduce((least, { x }) => Math.min(least, x), Infinity);
  const top = scaled.reduce((least, { y }) => Math.min(least, y), Infinity);
  return new Map(scaled.map(({ id, x, y }) => [id, [x - left + CORNER.x, y - top + CORNER.y]]));
}

/** A group around the nodes of a frame. */
export function frameNode({ text: title }: Frame, id: string, members: readonly FlowNode[]): FlowNode {
  const xs = members.map(({ x }) => Number(x));
  const ys = members.map(({ y }) => Number(y));
  const [x, y] = [Math.min(...xs) - ROOM.x, Math.min(...ys) - ROOM.y];
  return {
    id,
    type: 'group',
    name: title.slice(0, 200),
    style: { label: true },
    nodes: members.map((node) => node.id),
    ...{ x, y, w: Math.max(...xs) + ROOM.x - x, h: Math.max(...ys) + ROOM.y - y },
  };
}

/** A comment with what was not carried over as it was; none if all was. */
export function commentNode({ name }: Graph, notes: readonly Note[], newId: () => string): FlowNode[] {
  const lines = notes
    .filter(({ level }) => level !== 'info')
    .map(({ key, params }) => `- ${quiet(inWords({ key, params: params ?? {} }))}`);
  if (lines.length === 0) return [];
  const title = quiet(name || inWords(text('workflow.tab')));
  const info = `${title}\n\n${lines.join('\n')}\n`;
  return [
    {
      id: newId(),
      type: 'comment',
      name: inWords(text('workflow.comment')),
      info,
      x: CORNER.x,
      y: 40,
      wires: [],
    },
  ];
}

/** Node-RED shows such texts as Markdown: what is in them is neither markup nor an address. */
export function quiet(words: string): string {
  return words.replace(/[&<>[\]]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The text again. */
export function unquiet(words: string): string {
  return words.replace(/&#(38|60|62|91|93);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
