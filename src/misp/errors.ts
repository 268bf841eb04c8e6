import { isAxiosError, type AxiosError, type AxiosResponse } from 'axios';
import { WorkflowError } from '../text';

/** Codes of Node.js for a certificate that is not trusted. */
const CERTIFICATE =
  /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|CERT_(?:HAS_EXPIRED|NOT_YET_VALID|UNTRUSTED|REVOKED)|ALTNAME_INVALID/;
const NO_ANSWER = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE/;
const TOO_SLOW = /ECONNABORTED|ETIMEDOUT/;

/**
 * What went wrong with a REST call, in words that a person can act on. The error of the HTTP library holds
 * the key and the data of the request, so nothing of it is kept.
 */
export function explain(error: unknown, url: string): WorkflowError {
  if (!isAxiosError(error)) return new WorkflowError('misp.failed', { problem: messageOf(error) });
  if (error.response) return explainAnswer(error.response, url);
  return explainSilence(error, url);
}

function explainSilence(error: AxiosError, url: string): WorkflowError {
  const code = error.code ?? '';
  if (CERTIFICATE.test(code)) return new WorkflowError('misp.certificate', { url, code });
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return new WorkflowError('misp.tls', { url });
  if (TOO_SLOW.test(code)) return new WorkflowError('misp.slow', { url });
  if (NO_ANSWER.test(code)) return new WorkflowError('misp.unreachable', { url, code });
  return new WorkflowError('misp.failed', { problem: code || messageOf(error) });
}

/** MISP's refusals: it says why in `message` (recorded in test/fixtures/rest). */
function explainAnswer({ status, headers, data }: AxiosResponse<unknown>, url: string): WorkflowError {
  const type = String(headers['content-type'] ?? '');
  const { message = '' } = (typeof data === 'object' && data !== null ? data : {}) as { message?: string };
  if (status >= 300 && status < 400) return new WorkflowError('misp.notAnApi', { url });
  if (!type.includes('json')) return new WorkflowError('misp.notAnApi', { url });
  if (status === 401 || /^Authentication failed/.test(message)) return new WorkflowError('misp.wrongKey');
  if (status === 403) return new WorkflowError('misp.forbidden', { message });
  if (status === 404) return new WorkflowError('misp.notFound', { message });
  if (status === 429 || status === 503) return new WorkflowError('misp.busy', { status });
  return new WorkflowError('misp.refused', { status, message });
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A login page, or any page, where an answer of the API was expected. */
export function refuseHtml(response: AxiosResponse<unknown>, url: string): void {
  const type = String(response.headers['content-type'] ?? '');
  if (!type.includes('json')) throw new WorkflowError('misp.notAnApi', { url });
}
