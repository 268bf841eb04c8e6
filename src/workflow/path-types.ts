import { canBlock, isBlocking, reachedFrom, triggersOf, type CheckOptions } from './check';
import type { Block, Graph } from './graph';

/** Whether the way goes on behind a block that failed. */
export type GoesOn = ((block: Block) => boolean) & { both: string[] };

/**
 * MISP's rule: where MISP waits, a workflow goes on after a failed action, unless its module is to stop MISP; where it
 * does not, the way ends there. Behind a concurrent task MISP does not wait.
 */
export function goesOnAfterFailure(
  graph: Graph,
  { modules, waits }: CheckOptions & { waits?: boolean },
): GoesOn {
  const isConcurrent = ({ module }: Block) => module === 'concurrent-task';
  const triggers = triggersOf(graph);
  const blocking = triggers.filter((trigger) => waits ?? canBlock(trigger) ?? true);
  // Blueprints have no trigger: they begin where nothing leads to.
  const targets = new Set(graph.blocks.flatMap(({ connections }) => connections.map(({ to }) => to)));
  const starts = triggers.length > 0 ? blocking : graph.blocks.filter(({ id }) => !targets.has(id));
  const waiting =
    waits === false ? new Set<string>() : reachedFrom(graph, starts, (block) => !isConcurrent(block));
  const others = triggers.filter((trigger) => !blocking.includes(trigger));
  const notWaiting = reachedFrom(graph, [...others, ...graph.blocks.filter(isConcurrent)]);
  const isAction = ({ kind }: Block) => kind === 'action';
  const both = graph.blocks.filter(
    (block) => isAction(block) && waiting.has(block.id) && notWaiting.has(block.id),
  );
  return Object.assign((block: Block) => waiting.has(block.id) && !isBlocking(block, modules), {
    both: both.map(({ id }) => id),
  });
}
