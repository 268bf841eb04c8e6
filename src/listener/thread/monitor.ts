import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from '../../text';
import type { Credentials } from '../credentials';
import type { FromWorker } from '../protocol';
import { credentialCheck, type Check } from './callers';
import { refuse, sendJson } from './send';

/** How long the main thread may take to say that it is there, in milliseconds. */
const PATIENCE_MS = 1000;
/** So many callers are kept waiting for it; more are told at once that it does not work. */
const MOST_WAITING = 500;

const PROMETHEUS = {
  'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
  'Cache-Control': 'no-store',
};

/**
 * Why the gate does not work: the flows do not run, are about to, the flow of a module is gone, there is no module at
 * all, or the main thread does not answer.
 */
export type Trouble = 'flows' | 'starting' | 'gone' | 'modules' | 'busy';

/** Tells a monitor outside whether the gate works, and Prometheus how much it did. */
export class Monitor {
  private readonly health: Question;
  private readonly metrics: Question;
  private check: Check | undefined;

  /** @param trouble what is known in this thread */
  constructor(
    private readonly trouble: () => Trouble | undefined,
    post: (message: FromWorker) => void,
  ) {
    this.health = new Question(() => post({ type: 'ask', what: 'health' }));
    this.metrics = new Question(() => post({ type: 'ask', what: 'metrics' }));
  }

  /** @param access who may read the metrics; without, there are none */
  configure(access: Credentials | undefined): void {
    this.check = access && credentialCheck(access);
  }

  /** Takes what is for it. @returns whether it did */
  handle(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET') return false;
    if (path === '/health') this.sendHealth(response);
    else if (path === '/metrics' && this.check) void this.admit(this.check, request, response);
    else return false;
    return true;
  }

  /** The main thread has answered. */
  told(what: 'health' | 'metrics', answer: string | undefined): void {
    this[what].told(answer);
  }

  private sendHealth(response: ServerResponse): void {
    const known = this.trouble();
    if (known) return sendHealth(response, known);
    this.health.ask((answer) => sendHealth(response, answer === undefined ? 'busy' : this.trouble()));
  }

  private async admit(check: Check, { headers, socket }: IncomingMessage, response: ServerResponse) {
    const caller = await check(headers.authorization, socket.remoteAddress ?? '');
    if (!caller.ok) {
      const realm = { 'WWW-Authenticate': 'Basic realm="metrics"' };
      return refuse(response, 401, text('service.wrongMetricsLogin'), realm);
    }
    this.metrics.ask((answer) => {
      if (answer === undefined) sendHealth(response, 'busy');
      else sendJson(response, 200, answer, undefined, PROMETHEUS);
    });
  }
}

function sendHealth(response: ServerResponse, problem: Trouble | undefined): void {
  const body = problem ? { status: false, problem } : { status: true };
  sendJson(response, problem ? 503 : 200, body, undefined, { 'Cache-Control': 'no-store' });
}

/** A question to the main thread: asked once for all who want to know at a time. */
class Question {
  private waiting: ((answer: string | undefined) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly post: () => void) {}

  /** @param then gets nothing if the main thread does not answer in time */
  ask(then: (answer: string | undefined) => void): void {
    if (this.waiting.length >= MOST_WAITING) return then(undefined);
    this.waiting.push(then);
    if (this.timer) return;
    this.timer = setTimeout(() => this.told(undefined), PATIENCE_MS);
    this.post();
  }

  told(answer: string | undefined): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { waiting } = this;
    this.waiting = [];
    for (const then of waiting) then(answer);
  }
}
