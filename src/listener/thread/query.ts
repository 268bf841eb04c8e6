import type { ServerResponse } from 'node:http';
import { uptime } from '../../clock';
import { text } from '../../text';
import { failed } from '../kinds/drawn';
import type { AnnouncedModule } from '../kinds';
import type { HandOn } from '../kinds/front';
import type { Reply } from '../kinds/kind';
import { IncomingBody } from './body';
import { sendJson } from './send';

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
  /** What becomes of it when a flow in front of a module hands it on. */
  onHandOn: ((response: ServerResponse, changes: HandOn) => void) | undefined;
  /** The caller hung up before the answer. */
  isAbandoned = false;
  private limitMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private done = false;

  constructor(
    readonly id: number,
    /** The name of who asked. */
    readonly caller: string,
    readonly response: ServerResponse,
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

  /** Milliseconds since its first byte. */
  get age(): number {
    return uptime() - this.receivedAt;
  }

  /** The moment of `uptime` at which it is answered at the latest. */
  get deadline(): number {
    return this.receivedAt + this.limitMs;
  }

  /** Answers MISP. Only the first answer counts. */
  answer({ body, handOn }: Reply, flushed?: () => void): boolean {
    if (this.done) return false;
    this.done = true;
    clearTimeout(this.timer);
    this.body.discard();
    if (handOn && this.onHandOn) this.onHandOn(this.response, handOn);
    else if (handOn) sendJson(this.response, 200, failed(text('service.noUpstream')).body, flushed);
    else sendJson(this.response, 200, body, flushed);
    return true;
  }

  /** Nothing of it counts any more. */
  end(): void {
    clearTimeout(this.timer);
  }

  /** The caller hung up. */
  abandon(): void {
    this.isAbandoned = true;
    this.done = true;
    clearTimeout(this.timer);
    this.body.discard();
  }
}
