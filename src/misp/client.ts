import type { AxiosResponse } from 'axios';
import { WorkflowError } from '../text';
import { CircuitBreaker } from './breaker';
import { connect, type Connection, type MispSettings } from './connection';
import { explain, refuseHtml, scrub, type Explained } from './errors';
import { onlyReads, pauseBefore, sleep } from './repeat';

export type { MispSettings } from './connection';

/** What MISP says, with the headers of its answer, in lower case. */
export interface Answer<T> {
  data: T;
  headers: Record<string, unknown>;
}

/** How a call is made. */
export interface CallOptions {
  /** Gives it up. */
  signal?: AbortSignal;
  /** It does no harm if MISP carries it out twice. What only reads need not say so. */
  repeatable?: boolean;
  /** So much more time than usual, in milliseconds, for calls that change thousands of things. */
  extraMs?: number;
}

/**
 * MISP's REST API. Errors are `WorkflowError`s that say what to do, and never hold the key. A call that failed is made
 * again only where that is harmless; when it is not known whether MISP has carried it out, the error says so.
 */
export class MispClient {
  private readonly connection: Connection;
  private readonly breaker: CircuitBreaker;
  readonly url: string;

  /** @throws {WorkflowError} if URL or proxy cannot be used */
  constructor(settings: MispSettings) {
    this.connection = connect(settings);
    this.url = this.connection.url;
    this.breaker = new CircuitBreaker(this.url);
  }

  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await this.call<T>('GET', path, undefined, { signal })).data;
  }

  async post<T>(path: string, data: unknown, options: CallOptions = {}): Promise<T> {
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
  async call<T>(method: string, path: string, data?: unknown, options: CallOptions = {}): Promise<Answer<T>> {
    const repeatable = options.repeatable === true || onlyReads(method, path);
    for (let tries = 1; ; tries++) {
      if (options.signal?.aborted) throw new WorkflowError('misp.givenUp');
      this.breaker.enter();
      try {
        const { data: body, headers } = await this.once<T>(method, path, data, options);
        this.breaker.answered();
        return { data: body, headers };
      } catch (error) {
        const explained = explain(error, this.url, path);
        this.learn(explained);
        const again = explained.again === 'always' || (explained.again === 'harmless' && repeatable);
        const pause = again ? pauseBefore(tries, explained.retryAfter) : undefined;
        if (pause === undefined) throw this.final(explained, repeatable);
        await sleep(pause, options.signal);
      }
    }
  }

  private async once<T>(
    method: string,
    path: string,
    data: unknown,
    { signal, extraMs = 0 }: CallOptions,
  ): Promise<AxiosResponse<T>> {
    const { http, timeoutMs } = this.connection;
    const timeout = timeoutMs + extraMs;
    const response = await http.request<T>({ method, url: path, data, signal, timeout });
    refuseHtml(response, this.url);
    return response;
  }

  private learn({ error, silent, given }: Explained): void {
    if (given) this.breaker.abandoned();
    else if (silent) this.breaker.failed(scrub(error, this.connection.secrets).message);
    else this.breaker.answered();
  }

  private final({ error, unknown }: Explained, repeatable: boolean): WorkflowError {
    const clean = scrub(error, this.connection.secrets);
    if (!unknown || repeatable) return clean;
    return new WorkflowError('misp.unknownOutcome', { problem: clean.message });
  }
}
