import type { Failure, Operation, OperationResult, Plan, SendMail } from '../actions/plan';

/** What does no harm if it is done twice: it sets what is to be, or adds what is not there. */
const HARMLESS: ReadonlySet<Operation['do']> = new Set<Operation['do']>([
  ...(['attach-tags', 'detach-tags', 'edit-attributes', 'edit-event', 'block-event'] as const),
  ...(['add-to-event', 'unpublish'] as const),
]);

/** Whether it may be done a second time. */
export function isHarmless(operation: Operation): boolean {
  if (operation.do === 'http-request') return ['GET', 'PUT', 'DELETE'].includes(operation.method);
  return HARMLESS.has(operation.do);
}

/** What is left of a plan. */
export interface Rest {
  /** To be tried again. */
  again: Plan;
  /** What has come to its end, whether it was done or not. */
  ended: OperationResult[];
}

/**
 * What is to be tried again of what was done: what failed because the other side was away. What may have been done is
 * not repeated, unless that does no harm.
 * @param repeats it is repeated all the same; a mail never is
 */
export function restOf(results: readonly OperationResult[], repeats: boolean): Rest {
  const rest: Rest = { again: [], ended: [] };
  for (const result of results) {
    const { operation, failures = [], state } = result;
    const isRepeatable = isHarmless(operation) || (repeats && operation.do !== 'send-mail');
    const mayGo = ({ away }: Failure) => away === 'nothing' || (away === 'perhaps' && isRepeatable);
    const away = failures.filter(mayGo);
    if (away.length === 0) rest.ended.push(result);
    else if (operation.do === 'send-mail') divideMail(rest, result, operation, away);
    else if (isRepeatable || (state === 'failed' && away.length === failures.length))
      rest.again.push(operation);
    else rest.ended.push(result);
  }
  return rest;
}

/** Who has his mail, or never gets it, is done with; the others get it later. */
function divideMail(
  { again, ended }: Rest,
  result: OperationResult,
  mail: SendMail,
  away: readonly Failure[],
): void {
  const left = new Set(away.map(({ item }) => item));
  const [to, bcc] = [mail.to, mail.bcc ?? []].map((list) => list.filter((address) => left.has(address)));
  const plain = { ...mail };
  delete plain.refused;
  again.push({ ...plain, to, ...(mail.bcc ? { bcc } : {}) });
  const failures = (result.failures ?? []).filter((failure) => !away.includes(failure));
  const isDone = result.state === 'partial' && failures.length === 0;
  if (result.state === 'partial' || failures.length > 0)
    ended.push({ ...result, state: isDone ? 'done' : result.state, failures });
}

/** The results as they are told: what is tried again says so. */
export function marked(
  results: readonly OperationResult[],
  { ended }: Rest,
  mark: (failure: Failure) => Failure,
): OperationResult[] {
  const over = new Set(ended.flatMap(({ failures = [] }) => failures));
  return results.map((result) =>
    result.failures
      ? { ...result, failures: result.failures.map((one) => (over.has(one) ? one : mark(one))) }
      : result,
  );
}
