import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a call goes wrong. */
export type Fault =
  | '500'
  | '429'
  | '503'
  | 'html'
  | 'login'
  /** The socket is closed before MISP has done anything. */
  | 'close'
  /** The socket is closed when MISP has done it: the caller does not know. */
  | 'close-after'
  | 'silent'
  | 'large';

export interface FaultSettings {
  /** Every call takes at least so long, in milliseconds. */
  latencyMs?: number;
  /** Every n-th call goes wrong. */
  every?: number;
  fault?: Fault;
  /** Only calls like this go wrong: `POST /tags/attachTagToObject`. */
  only?: RegExp;
  /** A call that went wrong is not spoilt a second time: the same method, path and body. */
  once?: boolean;
  /** Seconds of `Retry-After`. */
  retryAfter?: number;
}

/** What goes wrong with the calls of a stand-in; may be changed while it runs. */
export class Faults {
  settings: FaultSettings;
  /** What was spoilt, in order. */
  readonly spoilt: string[] = [];
  private readonly seen = new Set<string>();
  private count = 0;

  constructor(settings: FaultSettings = {}) {
    this.settings = settings;
  }

  /** The fault of a call, or none. */
  next(request: IncomingMessage, text: string): Fault | undefined {
    const { every = 0, fault, only, once } = this.settings;
    const call = `${request.method} ${request.url}`;
    if (!fault || every < 1 || (only && !only.test(call))) return undefined;
    const key = `${call} ${text}`;
    if (once && this.seen.has(key)) return undefined;
    this.count += 1;
    if (this.count % every !== 0) return undefined;
    this.seen.add(key);
    this.spoilt.push(call);
    return fault;
  }

  async wait(): Promise<void> {
    const { latencyMs = 0 } = this.settings;
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  }

  /** Answers with the fault; says whether the call is over with that. */
  spoil(fault: Fault, response: ServerResponse): boolean {
    if (fault === 'close-after') return false;
    if (fault === 'silent') return true;
    if (fault === 'close') {
      response.socket?.destroy();
      return true;
    }
    const { status, type, body } = ANSWERS[fault];
    const retry = { 'Retry-After': String(this.settings.retryAfter ?? 1) };
    const isBusy = status === 429 || status === 503;
    response.writeHead(status, { 'Content-Type': type, ...(isBusy ? retry : {}) }).end(body);
    return true;
  }
}

const JSON_TYPE = 'application/json; charset=UTF-8';
const PAGE = '<!DOCTYPE html><html><body>A proxy, or a login page.</body></html>';
const internal = (message: string) => JSON.stringify({ name: message, message, url: '/' });

const ANSWERS = {
  '500': { status: 500, type: JSON_TYPE, body: internal('An Internal Error Has Occurred.') },
  '429': { status: 429, type: JSON_TYPE, body: internal('Rate limit exceeded.') },
  '503': { status: 503, type: 'text/html', body: PAGE },
  html: { status: 200, type: 'text/html', body: PAGE },
  login: { status: 302, type: 'text/html', body: '' },
  large: { status: 200, type: JSON_TYPE, body: `["${'x'.repeat(3_000_000)}"]` },
};
