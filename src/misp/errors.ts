import { HttpFailure } from '../http/failure';
import { saidBy, text, WorkflowError } from '../text';
import { CallProblem, problemWith } from './call-problem';

/** What a call that failed means for MISP, in words that a person can act on. */
export function explain(error: unknown, url: string): CallProblem {
  if (error instanceof CallProblem) return error;
  if (error instanceof HttpFailure) return explainSilence(error, url);
  if (error instanceof WorkflowError) return new CallProblem(error);
  return problemWith('misp.failed', { problem: saidBy(error) });
}

function explainSilence({ kind, code, begun }: HttpFailure, url: string): CallProblem {
  switch (kind) {
    case 'slow':
      return problemWith('misp.slow', { url }, { silent: true, unknown: true });
    case 'closed':
      return problemWith('misp.givenUp', {}, { unknown: true, given: true });
    case 'answerTooLarge':
      return problemWith('misp.tooLarge', { url }, { unknown: true });
    case 'cut':
      // PHP was killed in the middle of its answer, or a proxy closed; or nothing came at all.
      return begun
        ? problemWith('misp.cut', { url }, { again: 'harmless', unknown: true })
        : problemWith('misp.unreachable', { url, code }, { again: 'harmless', unknown: true, silent: true });
    case 'certificate':
      return problemWith('misp.certificate', { url, code }, { silent: true });
    case 'tls':
      return problemWith('misp.tls', { url }, { silent: true });
    case 'unreachable':
      return problemWith('misp.unreachable', { url, code }, { silent: true });
    case 'failed':
      return problemWith('misp.failed', { problem: code || text('http.noCode') });
  }
}
