import { isAxiosError, type AxiosError, type AxiosResponse } from 'axios';
import { WorkflowError } from '../text';
import { permissionFor } from './permissions';
import { secondsOf } from './repeat';
import { invalid } from './validation';

/** A failed call: the error for people, and what may be done about it. */
export interface Explained {
  error: WorkflowError;
  /** Whether a repetition is of use: never, where it is harmless, or always since MISP has not begun. */
  again: 'never' | 'harmless' | 'always';
  /** MISP may have carried the call out, or a part of it. */
  unknown: boolean;
  /** MISP, or what stands before it, did not answer. */
  silent: boolean;
  /** The caller has given the call up. */
  given?: boolean;
  retryAfter?: unknown;
}

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
 * What went wrong with a REST call, in words that a person can act on. The error of the HTTP library holds
 * the key and the data of the request, so nothing of it is kept.
 */
export function explain(error: unknown, url: string, path: string): Explained {
  if (error instanceof WorkflowError) return known(error);
  if (!isAxiosError(error)) return known(new WorkflowError('misp.failed', { problem: messageOf(error) }));
  if (error.response && !TOO_LARGE.test(error.message)) return explainAnswer(error.response, url, path);
  return explainSilence(error, url);
}

const known = (error: WorkflowError): Explained => ({
  error,
  again: 'never',
  unknown: false,
  silent: false,
});

function explainSilence(error: AxiosError, url: string): Explained {
  const code = error.code ?? '';
  const silence = (key: string, more: object = {}, params = {}): Explained => ({
    error: new WorkflowError(key, { url, ...params }),
    again: 'never',
    unknown: false,
    silent: true,
    ...more,
  });
  if (code === 'ERR_CANCELED') {
    return { ...known(new WorkflowError('misp.givenUp')), unknown: true, given: true };
  }
  if (TOO_LARGE.test(error.message)) return known(new WorkflowError('misp.tooLarge', { url }));
  if (CERTIFICATE.test(code)) return silence('misp.certificate', {}, { code });
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return silence('misp.tls');
  if (TOO_SLOW.test(code)) return silence('misp.slow', { unknown: true });
  if (NOT_REACHED.test(code)) return silence('misp.unreachable', {}, { code });
  if (BROKEN.test(code)) {
    return silence('misp.unreachable', { again: 'harmless', unknown: true }, { code });
  }
  return known(new WorkflowError('misp.failed', { problem: code || messageOf(error) }));
}

interface Refusal {
  message: string;
  errors?: unknown;
}

/** MISP's refusals: it says why in `message` and `errors` (recorded in test/fixtures/rest). */
function explainAnswer(response: AxiosResponse<unknown>, url: string, path: string): Explained {
  const { status, headers, data } = response;
  const type = String(headers['content-type'] ?? '');
  const refusal = (typeof data === 'object' && data !== null ? data : {}) as Partial<Refusal>;
  const { message = '', errors } = refusal;
  const retryAfter: unknown = headers['retry-after'];
  if (status === 429 || status === 503) return busy(status, retryAfter);
  if (status === 407) return known(new WorkflowError('misp.proxyLogin'));
  if (status === 502 || status === 504) {
    const error = new WorkflowError('misp.gateway', { status, url });
    return { error, again: 'harmless', unknown: true, silent: true };
  }
  if (status < 400 || !type.includes('json')) return known(new WorkflowError('misp.notAnApi', { url }));
  if (status === 401 || /^Authentication failed/.test(message))
    return known(new WorkflowError('misp.wrongKey'));
  if (errors !== undefined && status < 500) return known(invalid(message, errors));
  if (status === 403) return known(forbidden(message, path));
  if (status === 404) return known(new WorkflowError('misp.notFound', { message }));
  if (status === 405) return known(new WorkflowError('misp.notTaken', { message }));
  const error = new WorkflowError('misp.refused', { status, message });
  return { error, again: status >= 500 ? 'harmless' : 'never', unknown: false, silent: false };
}

/** Too many requests were refused without a look; a service that is not available may have begun. */
function busy(status: number, retryAfter: unknown): Explained {
  const seconds = Math.ceil(secondsOf(retryAfter));
  const error =
    seconds > 0
      ? new WorkflowError('misp.busyFor', { status, seconds })
      : new WorkflowError('misp.busy', { status });
  const again = status === 429 ? 'always' : 'harmless';
  return { error, again, unknown: false, silent: status === 503, retryAfter };
}

function forbidden(message: string, path: string): WorkflowError {
  const permission = permissionFor(path, message);
  return permission
    ? new WorkflowError('misp.forbiddenNeeds', { message, permission })
    : new WorkflowError('misp.forbidden', { message });
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A login page, or any page, where an answer of the API was expected. */
export function refuseHtml(response: AxiosResponse<unknown>, url: string): void {
  const type = String(response.headers['content-type'] ?? '');
  if (!type.includes('json')) throw new WorkflowError('misp.notAnApi', { url });
}

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
