import { SCALE } from './drawing';
import type { FlowNode } from './graph';
import type { Memory } from './memory';

interface Placed {
  node: FlowNode;
  memory?: Memory;
}

/**
 * Where blocks are put in MISP's editor. Nodes that stand to each other as they were imported are put exactly where
 * their blocks were, wherever on the canvas they were dropped; others relative to them.
 */
export class Positions {
  private readonly shift: [number, number];
  /** What the import moved the drawing by. */
  private readonly corner: [number, number] = [0, 0];

  constructor(placed: readonly Placed[]) {
    const shifts = placed.flatMap(({ node, memory }) =>
      memory ? [JSON.stringify([numberAt(node.x) - memory.at[0], numberAt(node.y) - memory.at[1]])] : [],
    );
    this.shift = JSON.parse(mostFrequent(shifts) ?? '[0,0]') as [number, number];
    const known = placed.find(({ memory }) => memory)?.memory;
    if (known)
      this.corner = [known.at[0] - Math.round(known.x * SCALE), known.at[1] - Math.round(known.y * SCALE)];
  }

  of({ node, memory }: Placed): [number, number] {
    const [x, y] = [numberAt(node.x) - this.shift[0], numberAt(node.y) - this.shift[1]];
    if (memory && memory.at[0] === x && memory.at[1] === y) return [memory.x, memory.y];
    return [Math.round((x - this.corner[0]) / SCALE), Math.round((y - this.corner[1]) / SCALE)];
  }
}

function numberAt(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function mostFrequent(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  let best: string | undefined;
  for (const [text, count] of counts) if (count > (counts.get(best ?? '') ?? 0)) best = text;
  return best;
}
