import type { HttpRequest } from '../../actions/plan';
import { Deadline } from '../../deadline';
import type { TlsSettings } from '../../http/agents';
import { HttpClient, type HttpCall } from '../../http/client';
import { HttpFailure } from '../../http/failure';
import { checkHeader } from '../../http/headers';
import { pauseBefore, repeat, type Patience } from '../../http/repeat';
import { scrub } from '../../http/scrub';
import { WorkflowError } from '../../text';
import { retryAfterOf, type ReceiverAnswer } from './answer';
import { encodeBody } from './body';
import { fillIn, hiddenOf, type Secrets } from './secrets';

export interface SenderSettings {
  timeoutMs: number;
  /** Refuse a certificate that is not trusted. */
  verify: boolean;
  tls?: TlsSettings;
  /** `http://user:password@host:port`; without it the environment says. */
  proxy?: string;
}

/** What a request may cost. */
export interface Limits {
  signal: AbortSignal;
  /** When the run must have its answer. */
  deadline?: Deadline;
}

const MOST_BYTES = 5 * 1024 * 1024;
const PATIENCE: Patience = { firstMs: 250, longestMs: 30_000 };

/**
 * Sends planned requests, and puts their secrets in. Who answers 429, or 503 with `Retry-After`, is asked again when
 * he says so, if that is in time; nothing else is sent twice.
 */
export class HttpSender {
  private readonly http: HttpClient;
  private readonly hidden: readonly string[];

  /** @throws {WorkflowError} if the proxy is no address */
  constructor(
    private readonly settings: SenderSettings,
    private readonly secrets: Secrets,
  ) {
    this.http = new HttpClient({ ...settings, mostBytes: MOST_BYTES });
    this.hidden = hiddenOf(secrets);
  }

  close(): void {
    this.http.close();
  }

  /** @throws {WorkflowError} if there is no answer; what a refusal is, its caller knows */
  async send(request: HttpRequest, limits: Limits): Promise<ReceiverAnswer> {
    const call = this.filled(request);
    return repeat(
      () => this.once(call, limits),
      (tries, outcome) => ('answer' in outcome ? pauseAfter(outcome.answer, tries, limits) : undefined),
      limits.signal,
    );
  }

  /** The request with its secrets in place: kept nowhere. */
  private filled(request: HttpRequest): HttpCall {
    const { method } = request;
    const url = this.urlOf(request);
    const headers = this.headersOf(request);
    return { method, url, headers, body: method === 'GET' ? undefined : encodeBody(request) };
  }

  private urlOf({ url }: HttpRequest): URL {
    const text = fillIn(url, this.secrets).trim();
    const parsed = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
    if (!parsed) throw new WorkflowError('http.badUrl');
    return parsed;
  }

  private headersOf({ headers }: HttpRequest): Record<string, string> {
    const filled = Object.entries(headers).map(
      ([name, value]) => [name, fillIn(value, this.secrets)] as const,
    );
    for (const [name, value] of filled) checkHeader(name, value);
    return Object.fromEntries(filled);
  }

  private async once(call: HttpCall, { signal, deadline = new Deadline() }: Limits): Promise<ReceiverAnswer> {
    const { ms, byDeadline } = deadline.timeLeft(this.settings.timeoutMs);
    const { host } = call.url;
    try {
      const { status, headers, text } = await this.http.send(call, { ms, signal });
      const clean = Object.entries(headers).map(([name, value]) => [name, scrub(value, this.hidden)]);
      return {
        status,
        headers: Object.fromEntries(clean) as Record<string, string>,
        text: scrub(text, this.hidden),
        host,
      };
    } catch (error) {
      const isLate = byDeadline && error instanceof HttpFailure && error.kind === 'slow';
      throw isLate ? new WorkflowError('http.deadline', { host }, { cause: error }) : error;
    }
  }
}

/** How long to wait for the next try, in milliseconds; nothing if there is none, or it would be too late. */
function pauseAfter(
  answer: ReceiverAnswer,
  tries: number,
  { deadline = new Deadline() }: Limits,
): number | undefined {
  const { status, headers } = answer;
  if (status !== 429 && !(status === 503 && headers['retry-after'] !== undefined)) return undefined;
  const pause = pauseBefore(tries, retryAfterOf(answer), PATIENCE);
  const { ms } = deadline.timeLeft(PATIENCE.longestMs);
  return pause !== undefined && pause <= ms ? pause : undefined;
}
