import type { RunRecord, Step, StepNode } from '../../src/history/record';

/** What a replay did otherwise; without a node it is the answer. */
export interface Difference {
  node?: StepNode;
  was?: string;
  is?: string;
}

/**
 * Compares a run and its replay, node by node: the ways that were taken, what was planned, what failed, and the answer. A
 * node that comes several times is compared in order.
 */
export function differences(before: RunRecord, now: RunRecord): Difference[] {
  const [was, is] = [byNode(before), byNode(now)];
  const found: Difference[] = [];
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [old, fresh] = [was.get(key), is.get(key)];
    if (old?.words !== fresh?.words)
      found.push({ node: (old ?? fresh)?.node, was: old?.words, is: fresh?.words });
  }
  const answers = [before, now].map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(': '));
  // What MISP did not wait for was answered before anything was decided.
  if (before.blocking && answers[0] !== answers[1]) found.push({ was: answers[0], is: answers[1] });
  return found;
}

function byNode({ steps }: RunRecord): Map<string, { node?: StepNode; words: string }> {
  const counts = new Map<string, number>();
  const known = new Map<string, { node?: StepNode; words: string }>();
  for (const step of steps) {
    const words = wordsOf(step);
    if (words === undefined) continue;
    const id = `${step.node?.id} ${step.what}`;
    const number = (counts.get(id) ?? 0) + 1;
    counts.set(id, number);
    known.set(`${id} ${number}`, { node: step.node, words });
  }
  return known;
}

/** What was done in earnest is not compared: a replay only plans it. */
function wordsOf(step: Step): string | undefined {
  if (step.what === 'decided') return step.way;
  if (step.what === 'failed') return step.problem;
  if (step.what === 'planned') return step.operations.map((one) => `${one.do} ${one.with}`).join('; ');
  return undefined;
}
