import type { CarryOut, HttpRequest, OperationResult } from '../../actions/plan';
import { Deadline } from '../../deadline';
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
        if (silence) throw silence;
        const answer = await sender.send(operation, limits);
        const problem = judge(answer);
        const { status, headers } = answer;
        const said = { answer: { status, headers, body: bodyOf(answer) } };
        if (problem)
          results.push({ operation, state: 'failed', failures: [{ problem: problem.said }], ...said });
        else results.push({ operation, state: 'done', ...said });
      } catch (error) {
        if (!(error instanceof WorkflowError)) throw error;
        silence = error;
        results.push({ operation, state: 'failed', failures: [{ problem: error.said }] });
      }
      control.progress(results.length, plan.length);
    }
    return results;
  };
}
