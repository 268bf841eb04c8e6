import { isRecord } from '../event/values';
import { pauseBefore, repeat, type Patience } from '../http/repeat';
import { scrubError } from '../http/scrub';
import { WorkflowError, type Said } from '../text';
import { readAnswer } from './answer';
import { CircuitBreaker, type Found } from './breaker';
import { CallProblem, problemWith } from './call-problem';
import { connect, type Connection, type MispSettings } from './connection';
import { explain } from './errors';
import type { Expected } from './expected';
import { silenceOf } from './silence';
import type { Permission } from './permissions';
import { RateLimit } from './rate-limit';
import { onlyReads } from './repeat';
import { invalid } from './validation';

export type { MispSettings } from './connection';

/** What MISP says, with the headers of its answer, in lower case. */
export interface Answer<T> {
  data: T;
  headers: Readonly<Record<string, string>>;
}

/** How a call is made, and what it must give. */
export interface CallOptions<T = unknown> {
  /** Gives it up. */
  signal?: AbortSignal;
  /** Whether it does no harm if MISP carries it out twice: what only reads does none, unless this says so. */
  repeatable?: boolean;
  /** So much more time than usual, in milliseconds, for calls that change thousands of things. */
  extraMs?: number;
  /** What the answer must be; any JSON without it. */
  expect?: Expected<T>;
  /** Exports that are no JSON come as text. */
  text?: boolean;
  /** What PHP wrote as an object stays one, whatever its keys: it is to be sent back as it came. */
  asSent?: boolean;
  /** MISP has done it if it sends us there. */
  doneAt?: string;
  /** What the key's role needs for it, where the path does not tell. */
  permission?: Permission;
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
  private readonly writes: () => void;
  private isLooking = false;
  /** How far MISP's clock is ahead of ours, in milliseconds, as its last answer told. */
  private ahead = 0;

  /** @throws {WorkflowError} if URL, proxy or a header cannot be used */
  constructor(private readonly settings: MispSettings) {
    this.leaves = settings.leaves ?? (() => () => undefined);
    this.writes = settings.writes ?? (() => undefined);
    this.connection = connect(settings);
    this.url = this.connection.url;
    this.breaker = new CircuitBreaker(this.url, undefined, settings.turned);
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

  /** What MISP's clock shows at a moment of ours, in seconds since 1970, as far as its answers tell. */
  clockAt(moment: number): number {
    return (moment + this.ahead) / 1000;
  }

  /** Another Node-RED has found that this MISP does not answer, or answers again: a reason to look, no more. */
  async hear(found: Found): Promise<void> {
    if (!this.breaker.isWorthALook(found)) return;
    const silence = await silenceOf(this.settings);
    if (silence === undefined) this.breaker.answered();
    else this.breaker.notSeen(silence);
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
    const harmless = options.repeatable ?? reads;
    try {
      return await repeat(
        () => this.attempt<T>(method, path, data, options),
        (tries, outcome) => ('error' in outcome ? pauseAfter(outcome.error, tries, harmless) : undefined),
        options.signal,
      );
    } catch (error) {
      throw error instanceof CallProblem ? this.final(error, reads) : error;
    }
  }

  private async attempt<T>(
    method: string,
    path: string,
    data: unknown,
    options: CallOptions<T>,
  ): Promise<Answer<T>> {
    if (options.signal?.aborted) throw new WorkflowError('misp.givenUp');
    if (!onlyReads(method, path)) this.writes();
    this.limit.enter();
    this.breaker.enter();
    const back = this.leaves();
    try {
      const answer = await this.once(method, path, data, options);
      this.breaker.answered();
      return answer;
    } catch (error) {
      const problem = explain(error, this.url);
      this.learn(problem);
      throw problem;
    } finally {
      back();
    }
  }

  private async once<T>(
    method: string,
    path: string,
    data: unknown,
    { expect, text, asSent, doneAt, permission, signal, extraMs = 0 }: CallOptions<T>,
  ): Promise<Answer<T>> {
    const limits = { ms: this.connection.timeoutMs + extraMs, signal };
    const answer = await this.connection.send(method, path, data, limits);
    const told = Date.parse(answer.headers.date ?? '');
    if (!Number.isNaN(told)) this.ahead = told - Date.now();
    const found = readAnswer(answer, { url: this.url, path, text, asSent, doneAt, permission });
    const { headers } = answer;
    if (!expect) return { data: found as T, headers };
    const wanted = expect.read(found);
    if (wanted === undefined) throw unexpected(found, expect.what, onlyReads(method, path));
    return { data: wanted, headers };
  }

  private learn({ error, remedy }: CallProblem): void {
    if (remedy.limited) this.limit.reached(error, remedy.wait);
    if (remedy.given) this.breaker.abandoned();
    else if (!remedy.silent) this.breaker.answered();
    else this.noAnswer(scrubError(error, this.connection.secrets).said, remedy.unknown);
  }

  /** @param reached the call may have come to MISP */
  private noAnswer(reason: Said, reached = false): void {
    if (reached && this.breaker.isAboutToOpen) void this.lookBefore(reason);
    else this.breaker.failed(reason);
  }

  /**
   * A call that got no answer may be slow since whoever wrote its event wanted it to be. Before others are kept from MISP,
   * it is asked for what no event makes slow.
   */
  private async lookBefore(reason: Said): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const silence = await silenceOf(this.settings);
    this.isLooking = false;
    if (silence === undefined) this.breaker.answered();
    else this.breaker.failed(reason);
  }

  private final({ error, remedy }: CallProblem, reads: boolean): WorkflowError {
    const clean = scrubError(error, this.connection.secrets);
    if (!remedy.unknown || reads) return clean;
    return new WorkflowError('misp.unknownOutcome', { problem: clean.said });
  }
}

/** MISP is not waited for any longer than this. */
const PATIENCE: Patience = { firstMs: 150, longestMs: 10_000 };

/** How long to wait before the call is made again; nothing if it is not. */
function pauseAfter(error: unknown, tries: number, harmless: boolean): number | undefined {
  if (!(error instanceof CallProblem)) return undefined;
  const { again, wait } = error.remedy;
  const useful = again === 'always' || (again === 'harmless' && harmless);
  return useful ? pauseBefore(tries, wait, PATIENCE) : undefined;
}

/** JSON that is not what was asked for. Of a change, MISP may say that it has not saved it. */
function unexpected(found: unknown, what: Said, reads: boolean): CallProblem {
  if (!reads && isRecord(found) && (found.saved === false || found.errors !== undefined)) {
    const { message, errors = 'saved: false' } = found;
    return new CallProblem(invalid(typeof message === 'string' ? message : what, errors));
  }
  return problemWith('misp.unexpected', { what }, { unknown: true });
}
