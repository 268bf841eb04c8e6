import { isAxiosError, type AxiosError } from 'axios';
import { WorkflowError } from '../text';
import { CallProblem, problemWith } from './call-problem';

/** Codes of Node.js for a certificate that is not trusted. */
const CERTIFICATE =
  /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|CERT_(?:HAS_EXPIRED|NOT_YET_VALID|UNTRUSTED|REVOKED)|ALTNAME_INVALID/;
/** Nobody was there: nothing was sent. */
const NOT_REACHED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/;
/** The connection ended on the way. */
const BROKEN = /ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE/;
const TOO_SLOW = /ECONNABORTED|ETIMEDOUT/;
const TOO_LARGE = /^maxContentLength size/;

/**
 * Why there was no whole answer, in words that a person can act on. The error of the HTTP library holds the key and
 * the data of the request, so nothing of it is kept.
 * @param isLate the call has had its time
 */
export function explain(error: unknown, url: string, isLate = false): CallProblem {
  if (error instanceof CallProblem) return error;
  if (error instanceof WorkflowError) return new CallProblem(error);
  if (!isAxiosError(error)) return problemWith('misp.failed', { problem: messageOf(error) });
  return explainSilence(error, url, isLate);
}

function explainSilence(error: AxiosError, url: string, isLate: boolean): CallProblem {
  const code = error.code ?? '';
  if (isLate || TOO_SLOW.test(code))
    return problemWith('misp.slow', { url }, { silent: true, unknown: true });
  if (code === 'ERR_CANCELED') return problemWith('misp.givenUp', {}, { unknown: true, given: true });
  if (TOO_LARGE.test(error.message)) return problemWith('misp.tooLarge', { url }, { unknown: true });
  // The headers were there, the rest did not come: PHP was killed, or a proxy closed.
  if (error.response) return problemWith('misp.cut', { url }, { again: 'harmless', unknown: true });
  if (CERTIFICATE.test(code)) return problemWith('misp.certificate', { url, code }, { silent: true });
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return problemWith('misp.tls', { url }, { silent: true });
  if (NOT_REACHED.test(code)) return problemWith('misp.unreachable', { url, code }, { silent: true });
  if (BROKEN.test(code)) {
    return problemWith('misp.unreachable', { url, code }, { again: 'harmless', unknown: true, silent: true });
  }
  return problemWith('misp.failed', { problem: code || messageOf(error) });
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The same error without secrets, should anything have repeated one. */
export function scrub(error: WorkflowError, secrets: readonly string[]): WorkflowError {
  const hides = secrets.some((secret) => error.message.includes(secret));
  if (!hides) return error;
  const clean = (value: string | number) =>
    secrets.reduce<string | number>(
      (text, secret) => (typeof text === 'string' ? text.replaceAll(secret, '***') : text),
      value,
    );
  const params = Object.entries(error.params).map(([name, value]) => [name, clean(value)]);
  return new WorkflowError(error.key, Object.fromEntries(params) as typeof error.params);
}
