import type { Away } from '../actions/plan';
import type { Said } from '../text';

/** What is said of a MISP that is away or busy, by its key. */
const SILENT = new Set<string>([
  ...['misp.away', 'misp.unreachable', 'misp.slow', 'misp.cut', 'misp.gateway', 'misp.givenUp'],
  ...['misp.busy', 'misp.busyFor', 'misp.rateLimit', 'carryOut.stopped'],
]);

/** Whether a failed change failed because MISP was away: to try again is of use then. */
export function awayOf(problem: Said): Away | undefined {
  if (typeof problem === 'string') return undefined;
  if (SILENT.has(problem.key)) return 'nothing';
  const { problem: within } = problem.params;
  const inner = typeof within === 'object' ? awayOf(within) : undefined;
  return inner && problem.key === 'misp.unknownOutcome' ? 'perhaps' : inner;
}
