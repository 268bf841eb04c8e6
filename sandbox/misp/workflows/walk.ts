import type { Block, Graph } from '../../../src/workflow';
import { walk, type PathType, type Step } from '../../../src/workflow/walk';

/** What came of a block. */
export interface Executed {
  ok: boolean;
  /** Its module is one that stops the workflow when it fails. */
  blocking: boolean;
}

/** How the blocks of a walk are run. */
export interface Runner {
  /** What a logic block decides. */
  decide(block: Block): boolean;
  execute(block: Block): Promise<Executed>;
  /** A block that is run later, behind a concurrent task. */
  handOff?(from: Block, to: string): void;
}

export interface Walked {
  /** `blocked` by a block that does nothing else, `failure` by a module that stops MISP. */
  outcome: 'success' | 'blocked' | 'failure';
  executed: Block[];
  failed: Block[];
  /** Ways that were not gone, since a block on them had failed. */
  blockedPaths: (readonly Step[])[];
}

/**
 * Goes through a graph as MISP does. Where MISP waits, a block that fails, or that cannot be loaded, does not end
 * it, unless its module is one that stops MISP; where it does not wait, the way ends there.
 */
export async function walkGraph(
  graph: Graph,
  pathType: PathType,
  runner: Runner,
  start?: string,
): Promise<Walked> {
  const walked: Walked = { outcome: 'success', executed: [], failed: [], blockedPaths: [] };
  const ended: (readonly Step[])[] = [];
  const decide = (block: Block) => runner.decide(block);
  const handOff = (from: Block, to: string) => runner.handOff?.(from, to);
  for (const { block, path } of walk(graph, { pathType, start, decide, handOff })) {
    if (ended.some((end) => isBehind(path, end))) {
      walked.blockedPaths.push(path);
      continue;
    }
    const { ok, blocking } = await runner.execute(block);
    walked.executed.push(block);
    if (ok) continue;
    walked.failed.push(block);
    if (blocking) {
      walked.outcome = block.module === 'stop-execution' ? 'blocked' : 'failure';
      return walked;
    }
    if (pathType === 'non-blocking') ended.push(path);
  }
  return walked;
}

function isBehind(path: readonly Step[], end: readonly Step[]): boolean {
  return end.every(({ from, output, index, to }, at) => {
    const step = path.at(at);
    return step?.from === from && step.output === output && step.index === index && step.to === to;
  });
}
