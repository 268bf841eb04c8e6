import { textOf } from '../event/values';
import { secondsOf } from '../http/repeat';
import { errorSaying, type ParamsOf, type TextKey, type WorkflowError } from '../text';

/** What may be done about a call that failed. */
export interface Remedy {
  /** Whether a repetition is of use: never, where it is harmless, or always since MISP has not begun. */
  again: 'never' | 'harmless' | 'always';
  /** MISP may have carried the call out, or a part of it. */
  unknown: boolean;
  /** MISP, or what stands before it, did not answer. */
  silent: boolean;
  /** The caller has given the call up. */
  given: boolean;
  /** Seconds to wait before the next try, as MISP asks. */
  wait: number;
  /** MISP takes no call of this key before that. */
  limited: boolean;
}

/** A failed call: the error for people, and what may be done about it. */
export class CallProblem extends Error {
  readonly remedy: Remedy;

  constructor(
    readonly error: WorkflowError,
    remedy: Partial<Remedy> = {},
  ) {
    super(error.message);
    const nothing = {
      again: 'never',
      unknown: false,
      silent: false,
      given: false,
      wait: 0,
      limited: false,
    } as const;
    this.remedy = { ...nothing, ...remedy };
  }
}

/** A failed call: the key and parameters of its text, and what may be done about it. */
export function problemWith<K extends TextKey>(
  key: K,
  params: ParamsOf<K>,
  remedy: Partial<Remedy> = {},
): CallProblem {
  return new CallProblem(errorSaying({ key, params }), remedy);
}

/**
 * Too many requests were refused without a look; a service that is not available may have begun. MISP's own limit
 * tells in `X-Rate-Limit-Reset` how many seconds are left, others in `Retry-After`.
 */
export function busy(status: number, headers: Readonly<Record<string, unknown>>): CallProblem {
  const asked = Math.ceil(secondsOf(headers['retry-after']));
  const reset = Math.ceil(secondsOf(headers['x-rate-limit-reset']));
  const again = status === 429 ? 'always' : 'harmless';
  if (status === 429 && reset > 0) {
    const limit = textOf(headers['x-rate-limit-limit']) || '?';
    return problemWith('misp.rateLimit', { limit, seconds: reset }, { again, wait: reset, limited: true });
  }
  const key = asked > 0 ? 'misp.busyFor' : 'misp.busy';
  return problemWith(key, { status, seconds: asked }, { again, wait: asked, silent: status === 503 });
}
