import http from 'node:http';
import https from 'node:https';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import type { HttpMethod, HttpRequest } from '../../actions/plan';
import { checkHeader } from '../../http/headers';
import { proxyOf } from '../../http/proxy';
import { sleep } from '../../misp/repeat';
import { WorkflowError } from '../../text';
import { timeLeft } from '../time-left';
import { retryAfterOf, type HttpAnswer } from './answer';
import { encodeBody } from './body';
import { failureOf, type GivenUp } from './failure';
import { fillIn, hiddenTexts, scrub, type Secrets } from './secrets';

export interface HttpSettings {
  timeoutMs: number;
  /** Refuse a certificate that is not trusted. */
  verify: boolean;
  tls?: { ca?: string; cert?: string; key?: string; passphrase?: string };
  /** `http://user:password@host:port`; without it the environment says. */
  proxy?: string;
}

/** What a request may cost. */
export interface Limits {
  signal: AbortSignal;
  /** When the run must have its answer, in milliseconds since 1970. */
  deadline?: number;
}

/** A request with its secrets in place: kept nowhere. */
interface Filled {
  method: HttpMethod;
  url: URL;
  headers: Record<string, string>;
  body: string | undefined;
}

const MOST_BYTES = 5 * 1024 * 1024;
const MOST_TRIES = 3;
/** A receiver that asks for more patience than this is not waited for, deadline or not. */
const LONGEST_PAUSE_MS = 30_000;
const SHORTEST_PAUSE_MS = 250;

/**
 * Sends planned requests, and puts their secrets in. Redirects are not followed: they could carry secrets
 * elsewhere. Who answers 429, or 503 with `Retry-After`, is asked again when he says so, if that is in time; nothing
 * else is sent twice.
 */
export class HttpSender {
  private readonly http: AxiosInstance;
  private readonly agents: (http.Agent | https.Agent)[];
  private readonly hidden: readonly string[];

  /** @throws {WorkflowError} if the proxy is no address */
  constructor(
    private readonly settings: HttpSettings,
    private readonly secrets: Secrets,
  ) {
    const proxy = proxyOf(settings.proxy);
    const httpAgent = new http.Agent({ keepAlive: true });
    const httpsAgent = new https.Agent({
      keepAlive: true,
      ...settings.tls,
      rejectUnauthorized: settings.verify,
    });
    this.agents = [httpAgent, httpsAgent];
    this.hidden = hiddenTexts(secrets);
    this.http = axios.create({
      httpAgent,
      httpsAgent,
      proxy,
      maxRedirects: 0,
      maxContentLength: MOST_BYTES,
      maxBodyLength: Infinity,
      responseType: 'text',
      transformResponse: (text: unknown) => text,
      transformRequest: (data: unknown) => data,
      validateStatus: () => true,
    });
  }

  close(): void {
    for (const agent of this.agents) agent.destroy();
  }

  /** @throws {WorkflowError} if there is no answer; what a refusal is, its caller knows */
  async send(request: HttpRequest, limits: Limits): Promise<HttpAnswer> {
    const url = this.urlOf(request);
    const headers = this.headersOf(request);
    const body = request.method === 'GET' ? undefined : encodeBody(request);
    for (let tries = 1; ; tries++) {
      const answer = await this.once({ method: request.method, url, headers, body }, limits);
      const pause = tries < MOST_TRIES && asksToWait(answer) ? pauseOf(answer, limits) : undefined;
      if (pause === undefined) return answer;
      await sleep(pause, limits.signal);
    }
  }

  private urlOf({ url }: HttpRequest): URL {
    const text = fillIn(url, this.secrets).trim();
    const parsed = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
    if (!parsed) throw new WorkflowError('http.badUrl');
    return parsed;
  }

  private async once(request: Filled, { signal, deadline }: Limits): Promise<HttpAnswer> {
    const { method, url, headers, body } = request;
    const left = timeLeft(this.settings.timeoutMs, deadline);
    const giveUp = new AbortController();
    let why: GivenUp | undefined;
    const stop = (reason: GivenUp) => {
      why ??= reason;
      giveUp.abort();
    };
    const onClose = () => stop('closed');
    const timer = setTimeout(() => stop(left.byDeadline ? 'deadline' : 'slow'), left.ms);
    signal.addEventListener('abort', onClose, { once: true });
    if (signal.aborted) onClose();
    try {
      const response = await this.http.request<string>({
        method,
        url: url.href,
        headers,
        data: body,
        signal: giveUp.signal,
      });
      return this.answerOf(response, url.host);
    } catch (error) {
      throw failureOf(error, url.host, why);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onClose);
    }
  }

  private headersOf({ headers }: HttpRequest): Record<string, string> {
    const filled = Object.entries(headers).map(
      ([name, value]) => [name, fillIn(value, this.secrets)] as const,
    );
    for (const [name, value] of filled) checkHeader(name, value);
    return Object.fromEntries(filled);
  }

  private answerOf({ status, headers, data }: AxiosResponse<string>, host: string): HttpAnswer {
    const clean = Object.entries(headers).map(([name, value]) => [name, scrub(String(value), this.hidden)]);
    return {
      status,
      headers: Object.fromEntries(clean) as Record<string, string>,
      text: scrub(String(data ?? ''), this.hidden),
      host,
    };
  }
}

function asksToWait({ status, headers }: HttpAnswer): boolean {
  return status === 429 || (status === 503 && headers['retry-after'] !== undefined);
}

/** How long to wait for the next try, in milliseconds; nothing if that would be too late. */
function pauseOf(answer: HttpAnswer, { deadline }: Limits): number | undefined {
  const pause = Math.max(SHORTEST_PAUSE_MS, retryAfterOf(answer) * 1000);
  const { ms } = timeLeft(LONGEST_PAUSE_MS, deadline);
  return pause > ms ? undefined : pause;
}
