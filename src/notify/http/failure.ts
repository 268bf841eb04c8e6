import { isAxiosError } from 'axios';
import { WorkflowError } from '../../text';

const CERTIFICATE =
  /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|CERT_(?:HAS_EXPIRED|NOT_YET_VALID|UNTRUSTED|REVOKED)|ALTNAME_INVALID/;
const TLS = /^EPROTO$|^ERR_SSL/;
const NOT_REACHED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/;
const BROKEN = /ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ECONNABORTED/;

/** Why a request was given up. */
export type GivenUp = 'slow' | 'deadline' | 'closed';

/**
 * Why there was no answer, in words. The error of the HTTP library holds address, headers and body with their
 * secrets, so only its code is looked at.
 */
export function failureOf(error: unknown, host: string, givenUp: GivenUp | undefined): WorkflowError {
  if (error instanceof WorkflowError) return error;
  if (givenUp) return new WorkflowError(`http.${givenUp}`, { host });
  const code = isAxiosError(error) ? (error.code ?? '') : '';
  if (isAxiosError(error) && /^max(?:ContentLength|BodyLength)/i.test(error.message))
    return new WorkflowError('http.answerTooLarge', { host });
  if (CERTIFICATE.test(code)) return new WorkflowError('http.certificate', { host, code });
  if (TLS.test(code)) return new WorkflowError('http.tls', { host });
  if (/ETIMEDOUT/.test(code)) return new WorkflowError('http.slow', { host });
  if (NOT_REACHED.test(code)) return new WorkflowError('http.unreachable', { host, code });
  if (BROKEN.test(code)) return new WorkflowError('http.cut', { host, code });
  return new WorkflowError('http.failed', { host, code: code || 'unknown' });
}
