import { WorkflowError } from '../text';
import { byId, type Block, type Connection, type Graph } from './graph';
import { factsOf } from './modules';

/** How MISP goes through a graph. */
export type PathType = 'blocking' | 'non-blocking' | 'include-logic';

/** A block that MISP comes to, and the connections on its way there. */
export interface Visit {
  block: Block;
  path: readonly Step[];
}

/** A connection as it was taken; `index` counts those of its output. */
export interface Step extends Connection {
  from: string;
  index: number;
}

export interface WalkOptions {
  pathType: PathType;
  /** Where it begins; the first trigger unless told otherwise. */
  start?: string;
  /** What a logic block decides. Not asked where logic blocks are handed out like the others. */
  decide?: (block: Block, path: readonly Step[]) => boolean;
  /** A block that MISP hands to a background job. */
  handOff?: (from: Block, to: string) => void;
}

const PATH_TYPES = new Set<PathType>(['blocking', 'non-blocking', 'include-logic']);

/** A graph has up to exponentially many ways through it. */
const MOST_STEPS = 200_000;

/**
 * The blocks in the order in which MISP comes to them: depth first, outputs and connections in order. A block that
 * two ways lead to comes twice; no way takes a connection twice. Logic blocks decide where it goes on.
 * @throws {WorkflowError} if there is no such start, or there are too many ways
 */
export function* walk(graph: Graph, options: WalkOptions): Generator<Visit> {
  const blocks = byId(graph.blocks);
  const start = options.start ?? graph.blocks.find(({ kind }) => kind === 'trigger')?.id;
  const first = start === undefined ? undefined : blocks.get(start);
  if (!first) throw new WorkflowError('workflow.noStart', { block: start ?? '' });
  if (!PATH_TYPES.has(options.pathType)) return;
  const all = options.pathType === 'include-logic';
  const open: Visit[] = [{ block: first, path: [] }];
  for (let steps = 0; open.length > 0; steps++) {
    if (steps > MOST_STEPS) throw new WorkflowError('workflow.tooManyWays');
    const { block, path } = open.pop() as Visit;
    if (all || block.kind === 'action') yield { block, path };
    const next = waysFrom(block, path, all ? undefined : options).flatMap((step) => {
      const target = blocks.get(step.to);
      const taken = path.some((other) => isSame(other, step));
      return target && !taken ? [{ block: target, path: [...path, step] }] : [];
    });
    open.push(...next.reverse());
  }
}

function waysFrom(block: Block, path: readonly Step[], options?: WalkOptions): Step[] {
  const steps = stepsFrom(block);
  if (block.kind !== 'logic' || !options) return steps;
  if (block.module === 'concurrent-task') {
    for (const { to } of steps) options.handOff?.(block, to);
    return [];
  }
  const decision = options.decide?.(block, path) ?? true;
  // A filter has one output, whatever came of it.
  const output = decision || factsOf(block.module)?.outputs === 1 ? 0 : 1;
  return steps.filter((step) => step.output === output);
}

/** The connections that leave a block, by outputs. */
export function stepsFrom({ id, connections }: Block): Step[] {
  const counts = new Map<number, number>();
  const steps = connections.map(({ output, to }) => {
    const index = counts.get(output) ?? 0;
    counts.set(output, index + 1);
    return { from: id, output, index, to };
  });
  return steps.sort((a, b) => a.output - b.output || a.index - b.index);
}

function isSame(a: Step, b: Step): boolean {
  return a.from === b.from && a.output === b.output && a.index === b.index && a.to === b.to;
}
