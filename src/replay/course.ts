import type { RunRecord, Step } from '../history/record';
import type { Outcome } from '../runs/verdict';

/** What a run did that another run on the same data is to do again; what is left out may be anything. */
export interface Course {
  outcome?: Outcome;
  /** The text for MISP's log. */
  reason?: string;
  nodes?: CourseStep[];
}

/**
 * What a node did: the way it took, what it planned, why it failed; or, of nodes that say nothing of themselves, the
 * outputs that its messages left by.
 */
export interface CourseStep {
  node: string;
  label?: string;
  what: 'decided' | 'planned' | 'failed' | 'passed';
  is: string;
}

/** Where a run did something else; without a node it is the answer. */
export interface Difference {
  node?: { id: string; label: string };
  what: CourseStep['what'] | 'answer';
  was?: string;
  is?: string;
}

/** What a run did. What was done in earnest is no part of it: a replay may only plan it. */
export function courseOf(record: RunRecord): Course {
  const { outcome, reason, blocking } = record;
  const nodes = stepsOf(record);
  // What MISP did not wait for was answered before anything was decided.
  return blocking && outcome ? { outcome, reason: reason ?? '', nodes } : { nodes };
}

/** Compares, node by node, what was to happen with a run. A node that comes several times is compared in order. */
export function differences(expected: Course, now: RunRecord): Difference[] {
  const found = expected.nodes ? stepsThatDiffer(expected.nodes, stepsOf(now)) : [];
  const was = answerOf(expected);
  const is = answerOf({ ...now, reason: expected.reason === undefined ? undefined : (now.reason ?? '') });
  if (expected.outcome !== undefined && was !== is) found.push({ what: 'answer', was, is });
  return found;
}

const answerOf = ({ outcome, reason }: Pick<Course, 'outcome' | 'reason'>) =>
  [outcome, reason].filter(Boolean).join(': ');

function stepsThatDiffer(expected: readonly CourseStep[], now: readonly CourseStep[]): Difference[] {
  const [was, is] = [numbered(expected), numbered(now)];
  const found: Difference[] = [];
  // Where messages go on is told by what a node says of itself, if it says anything.
  const speaks = new Set(
    [...expected, ...now].filter(({ what }) => what !== 'passed').map(({ node }) => node),
  );
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [old, fresh] = [was.get(key), is.get(key)];
    const { node, label = node, what } = (old ?? fresh)!;
    if (old?.is === fresh?.is || (what === 'passed' && speaks.has(node))) continue;
    found.push({ node: { id: node, label }, what, was: old?.is, is: fresh?.is });
  }
  return found;
}

/** By node, kind, and how often it came before. */
function numbered(steps: readonly CourseStep[]): Map<string, CourseStep> {
  const counts = new Map<string, number>();
  const known = new Map<string, CourseStep>();
  for (const step of steps) {
    const id = `${step.node} ${step.what}`;
    const number = (counts.get(id) ?? 0) + 1;
    counts.set(id, number);
    known.set(`${id} ${number}`, step);
  }
  return known;
}

function stepsOf({ steps, way, node: trigger }: RunRecord): CourseStep[] {
  const said = steps.flatMap((step): CourseStep[] => {
    const is = saidBy(step);
    const { id: node, label } = step.node ?? { id: '', label: '' };
    return is === undefined ? [] : [{ node, label, what: step.what as CourseStep['what'], is }];
  });
  const speaks = new Set(said.map(({ node }) => node));
  const passed = (way?.nodes ?? []).filter((id) => id !== trigger.id && !speaks.has(id));
  return [
    ...said,
    ...passed.map((node): CourseStep => ({ node, what: 'passed', is: outputsOf(node, way!.wires) })),
  ];
}

function saidBy(step: Step): string | undefined {
  if (step.what === 'decided') return step.way;
  if (step.what === 'failed') return step.problem;
  if (step.what === 'planned') return step.operations.map((one) => `${one.do} ${one.with}`).join('; ');
  return undefined;
}

/** The outputs that messages left by, counted from 1. */
function outputsOf(node: string, wires: readonly (readonly [string, number, string])[]): string {
  const ports = wires.filter(([from]) => from === node).map(([, port]) => port + 1);
  return [...new Set(ports)].sort((a, b) => a - b).join(', ');
}
