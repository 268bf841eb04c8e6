import { isAxiosError } from 'axios';
import { isUntrusted } from '../certificate';
import { madeOf, text, WorkflowError } from '../text';
import type { GivenUp } from './time-limit';

/** Why there is no answer. Each is also the name of a text, `http.slow` and so on. */
export type FailureKind =
  GivenUp | 'answerTooLarge' | 'cut' | 'certificate' | 'tls' | 'unreachable' | 'failed';

/** What is known of a request that failed. */
export interface Asked {
  /** Who was asked, for messages: host and port. */
  host: string;
  /** The largest answer that would have been taken, in bytes. */
  mostBytes: number;
  givenUp: GivenUp | undefined;
}

/** There was no whole answer: why, in words that a person can act on, and what a caller may make of it. */
export class HttpFailure extends WorkflowError {
  constructor(
    readonly kind: FailureKind,
    { host, mostBytes }: Asked,
    /** As Node.js or the HTTP library calls it; empty if it has no name. */
    readonly code: string,
    /** The headers of an answer were there, the rest did not come. */
    readonly begun: boolean,
  ) {
    const most = Math.round(mostBytes / MEGABYTE);
    super(...madeOf({ key: `http.${kind}`, params: { host, code: code || text('http.noCode'), most } }));
  }
}

const MEGABYTE = 1024 * 1024;

const TLS = /^EPROTO$|^ERR_SSL/;
/** Nobody was there: nothing was sent. */
const NOT_REACHED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/;
/** The connection ended on the way. */
const BROKEN = /ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ECONNABORTED/;
const TOO_LARGE = /^maxContentLength size/;

/**
 * Why there was no answer. The error of the HTTP library holds address, headers and body with their secrets, so only
 * its code is kept.
 */
export function failureOf(error: unknown, asked: Asked): HttpFailure {
  const code = codeOf(error);
  const begun = isAxiosError(error) && error.response !== undefined;
  return new HttpFailure(asked.givenUp ?? kindOf(error, code, begun), asked, code, begun);
}

function kindOf(error: unknown, code: string, begun: boolean): FailureKind {
  if (error instanceof Error && TOO_LARGE.test(error.message)) return 'answerTooLarge';
  if (code === 'ETIMEDOUT') return 'slow';
  if (begun || BROKEN.test(code)) return 'cut';
  if (isUntrusted(code)) return 'certificate';
  if (TLS.test(code)) return 'tls';
  return NOT_REACHED.test(code) ? 'unreachable' : 'failed';
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
