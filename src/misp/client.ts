import { isRecord } from '../event/values';
import { WorkflowError } from '../text';
import { readAnswer } from './answer';
import { CircuitBreaker } from './breaker';
import { CallProblem, problemWith, type Remedy } from './call-problem';
import { connect, type Connection, type MispSettings } from './connection';
import { explain, scrub } from './errors';
import type { Expected } from './expected';
import { RateLimit } from './rate-limit';
import { onlyReads, pauseBefore, sleep } from './repeat';
import { TimeLimit } from './time-limit';
import { invalid } from './validation';

export type { MispSettings } from './connection';

/** What MISP says, with the headers of its answer, in lower case. */
export interface Answer<T> {
  data: T;
  headers: Record<string, unknown>;
}

/** How a call is made, and what it must give. */
export interface CallOptions<T = unknown> {
  /** Gives it up. */
  signal?: AbortSignal;
  /** It does no harm if MISP carries it out twice. What only reads need not say so. */
  repeatable?: boolean;
  /** So much more time than usual, in milliseconds, for calls that change thousands of things. */
  extraMs?: number;
  /** What the answer must be; any JSON without it. */
  expect?: Expected<T>;
  /** Exports that are no JSON come as text. */
  text?: boolean;
  /** MISP has done it if it sends us there. */
  doneAt?: string;
}

/**
 * MISP's REST API. Errors are `WorkflowError`s that say what to do, and never hold the key. An answer is what was
 * asked for, or an error. A call that failed is made again only where that is harmless; when it is not known whether
 * MISP has carried it out, the error says so.
 */
export class MispClient {
  private readonly connection: Connection;
  private readonly breaker: CircuitBreaker;
  private readonly limit = new RateLimit();
  readonly url: string;
  private readonly leaves: () => () => void;

  /** @throws {WorkflowError} if URL, proxy or a header cannot be used */
  constructor(settings: MispSettings) {
    this.leaves = settings.leaves ?? (() => () => undefined);
    this.connection = connect(settings);
    this.url = this.connection.url;
    this.breaker = new CircuitBreaker(this.url);
  }

  async get<T>(path: string, signal?: AbortSignal, expect?: Expected<T>): Promise<T> {
    return (await this.call<T>('GET', path, undefined, { signal, expect })).data;
  }

  async post<T>(path: string, data: unknown, options: CallOptions<T> = {}): Promise<T> {
    return (await this.call<T>('POST', path, data, options)).data;
  }

  /** A call and its whole answer. `signal` gives it up. */
  ask<T>(method: string, path: string, data?: unknown, signal?: AbortSignal): Promise<Answer<T>> {
    return this.call(method, path, data, { signal });
  }

  /** Ends the connections that are kept open. */
  close(): void {
    this.connection.close();
  }

  /** A call, and its repetitions where they are harmless and of use. */
  async call<T>(
    method: string,
    path: string,
    data?: unknown,
    options: CallOptions<T> = {},
  ): Promise<Answer<T>> {
    const reads = onlyReads(method, path);
    for (let tries = 1; ; tries++) {
      if (options.signal?.aborted) throw new WorkflowError('misp.givenUp');
      this.limit.enter();
      this.breaker.enter();
      const time = new TimeLimit(this.connection.timeoutMs + (options.extraMs ?? 0), options.signal);
      const back = this.leaves();
      try {
        const answer = await this.once(method, path, data, options, time.signal);
        this.breaker.answered();
        return answer;
      } catch (error) {
        const problem = explain(error, this.url, time.isOver);
        this.learn(problem);
        const pause = pauseFor(problem.remedy, tries, reads || options.repeatable === true);
        if (pause === undefined) throw this.final(problem, reads);
        back();
        await sleep(pause, options.signal);
      } finally {
        back();
        time.end();
      }
    }
  }

  private async once<T>(
    method: string,
    path: string,
    data: unknown,
    { expect, text, doneAt }: CallOptions<T>,
    signal: AbortSignal,
  ): Promise<Answer<T>> {
    const response = await this.connection.http.request<string>({ method, url: path, data, signal });
    const found = readAnswer(response, { url: this.url, path, text, doneAt });
    const headers = response.headers as Record<string, unknown>;
    if (!expect) return { data: found as T, headers };
    const wanted = expect.read(found);
    if (wanted === undefined) throw unexpected(found, expect.what, onlyReads(method, path));
    return { data: wanted, headers };
  }

  private learn({ error, remedy }: CallProblem): void {
    if (remedy.limited) this.limit.reached(error, remedy.wait);
    if (remedy.given) this.breaker.abandoned();
    else if (remedy.silent) this.breaker.failed(scrub(error, this.connection.secrets).message);
    else this.breaker.answered();
  }

  private final({ error, remedy }: CallProblem, reads: boolean): WorkflowError {
    const clean = scrub(error, this.connection.secrets);
    if (!remedy.unknown || reads) return clean;
    return new WorkflowError('misp.unknownOutcome', { problem: clean.message });
  }
}

/** How long to wait before the call is made again; nothing if it is not. */
function pauseFor({ again, wait }: Remedy, tries: number, harmless: boolean): number | undefined {
  const useful = again === 'always' || (again === 'harmless' && harmless);
  return useful ? pauseBefore(tries, wait) : undefined;
}

/** JSON that is not what was asked for. Of a change, MISP may say that it has not saved it. */
function unexpected(found: unknown, what: string, reads: boolean): CallProblem {
  if (!reads && isRecord(found) && (found.saved === false || found.errors !== undefined)) {
    const { message, errors = 'saved: false' } = found;
    return new CallProblem(invalid(typeof message === 'string' ? message : what, errors));
  }
  return problemWith('misp.unexpected', { what }, { unknown: true });
}
