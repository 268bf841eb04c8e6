import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from '../text';
import type { Outcome } from '../runs/verdict';
import { uptime } from '../clock';
import { declaredLength, IncomingBody } from './body';
import type { AnnouncedModule } from './protocol';

/** How long a caller may go on sending after its answer, in milliseconds. */
const LINGER_MS = 5000;

/** One `POST /query`, from its first byte to its answer. Lives in the service's thread. */
export class Query {
  readonly receivedAt = uptime();
  readonly body: IncomingBody;
  module: AnnouncedModule | undefined;
  /** Handed to the main thread. */
  forwarded = false;
  /** Answered, but the flow goes on with it. */
  accepted = false;
  /** Bytes that count against the service's limit, until the answer. */
  held = 0;
  /** Seconds after which MISP gives up, if it said so and that is before the flow's own deadline. */
  mispTimeout: number | undefined;
  private limitMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private done = false;

  constructor(
    readonly id: number,
    private readonly response: ServerResponse,
    expectedBytes: number,
  ) {
    this.body = new IncomingBody(expectedBytes);
  }

  get answered(): boolean {
    return this.done;
  }

  /** Sets or moves the moment at which `expire` is called, counted from the first byte. */
  expireAfter(ms: number, expire: () => void): void {
    clearTimeout(this.timer);
    this.limitMs = ms;
    this.timer = setTimeout(expire, Math.max(0, this.deadline - uptime()));
  }

  /** What is answered when the flow does not: the trigger's policy, or a block while no trigger is known. */
  get policy(): Outcome {
    return this.module?.onDeadline ?? 'block';
  }

  /** The moment of `uptime` at which it is answered at the latest. */
  get deadline(): number {
    return this.receivedAt + this.limitMs;
  }

  /** Answers MISP: with an error it stops, without one it goes on. Only the first answer counts. */
  answer(error: string | undefined, flushed?: () => void): boolean {
    if (this.done) return false;
    this.done = true;
    clearTimeout(this.timer);
    this.body.discard();
    sendJson(this.response, 200, error === undefined ? { data: true } : { error }, flushed);
    return true;
  }

  /** Nothing of it counts any more. */
  end(): void {
    clearTimeout(this.timer);
  }

  /** The caller hung up. */
  abandon(): void {
    this.done = true;
    clearTimeout(this.timer);
    this.body.discard();
  }
}

/** Sends a JSON answer, also when the request's body has not been read. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: object | string,
  flushed?: () => void,
  headers: Record<string, string> = {},
): void {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  const unread = hasUnreadBody(response.req);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body, flushed);
  if (unread) lingerBriefly(response);
}

function hasUnreadBody(request: IncomingMessage): boolean {
  const announced = declaredLength(request) > 0 || request.headers['transfer-encoding'] !== undefined;
  return announced && !request.complete;
}

/**
 * A caller that is still sending would get a reset instead of our answer if the connection were closed
 * at once: what it sends is thrown away, for a while.
 */
function lingerBriefly({ req }: ServerResponse): void {
  req.removeAllListeners('data');
  req.resume();
  const timer = setTimeout(() => req.destroy(), LINGER_MS);
  for (const event of ['end', 'close']) req.once(event, () => clearTimeout(timer));
}

/** The error for callers who are not MISP. */
export function refuse(
  response: ServerResponse,
  status: 401 | 404 | 405,
  key: string,
  headers: Record<string, string> = {},
  params: Record<string, string> = {},
): void {
  sendJson(response, status, { error: text(key, params) }, undefined, headers);
}
