import type { Away, CarryOut, Failure, HttpRequest, OperationResult } from '../../actions/plan';
import { Deadline } from '../../deadline';
import { HttpFailure } from '../../http/failure';
import { WorkflowError } from '../../text';
import { bodyOf, refusalOf, type ReceiverAnswer } from './answer';
import type { HttpSender } from './sender';

/** What is wrong with an answer, in words; nothing if it is a success. */
export type Judge = (answer: ReceiverAnswer) => WorkflowError | undefined;

/**
 * Carries out plans of requests, one after another. Who does not answer is not asked for the rest: it would take a
 * time-out each.
 */
export function carryOutRequests(sender: HttpSender, judge: Judge = refusalOf): CarryOut<HttpRequest> {
  return async (plan, control) => {
    const limits = { signal: control.signal, deadline: new Deadline(control.deadline) };
    const results: OperationResult[] = [];
    let silence: WorkflowError | undefined;
    for (const operation of plan) {
      try {
        if (silence) {
          const away = awayOf(silence) && 'nothing';
          results.push({ operation, state: 'failed', failures: [failure(silence, away)] });
          continue;
        }
        const answer = await sender.send(operation, limits);
        const problem = judge(answer);
        const { status, headers } = answer;
        const said = { answer: { status, headers, body: bodyOf(answer) } };
        if (problem)
          results.push({ operation, state: 'failed', failures: [failure(problem, BUSY[status])], ...said });
        else results.push({ operation, state: 'done', ...said });
      } catch (error) {
        if (!(error instanceof WorkflowError)) throw error;
        silence = error;
        results.push({ operation, state: 'failed', failures: [failure(error, awayOf(error))] });
      }
      control.progress(results.length, plan.length);
    }
    return results;
  };
}

const failure = ({ said: problem }: WorkflowError, away: Away | undefined): Failure =>
  away ? { problem, away } : { problem };

/** What these answers say of a request: a server before the receiver may not know what became of it. */
const BUSY: Readonly<Record<number, Away>> = {
  429: 'nothing',
  502: 'perhaps',
  503: 'nothing',
  504: 'perhaps',
};

/** Whether who did not answer may answer later, and may have got it. */
function awayOf(error: WorkflowError): Away | undefined {
  const failure = error instanceof HttpFailure ? error : error.cause;
  if (!(failure instanceof HttpFailure)) return undefined;
  if (failure.kind === 'unreachable') return 'nothing';
  return ['slow', 'closed', 'cut'].includes(failure.kind) ? 'perhaps' : undefined;
}
