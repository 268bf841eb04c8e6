import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from '../../text';
import type { ServiceLimits } from '../protocol';
import { scanBody, type Scan } from '../scan';
import type { Answers } from './answers';
import { declaredLength } from './body';
import { Query } from './query';

/** Until the module of a request is known, this is its deadline in milliseconds. MISP waits 10 s. */
const UNKNOWN_DEADLINE_MS = 8000;

/** What becomes of a request. */
export interface IntakeEvents {
  /** All of it is there, and its text can be trusted with a parser. */
  complete(query: Query, scan: Scan): void;
  expired(query: Query): void;
}

/** Takes the bytes of requests, as many as there is memory for. */
export class Intake {
  /** Bytes of all bodies that are being received or wait for the main thread. */
  private held = 0;
  private nextId = 1;

  constructor(
    public limits: ServiceLimits,
    private readonly answers: Answers,
    private readonly events: IntakeEvents,
  ) {}

  receive(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
    caller: string,
  ): void {
    const length = declaredLength(request);
    const query = new Query(this.nextId++, caller, response, length);
    this.answers.add(query);
    query.expireAfter(UNKNOWN_DEADLINE_MS, () => this.events.expired(query));
    response.on('close', () => this.answers.closed(query, response));
    if (!this.hasRoomFor(query, length)) return;
    if (expectsContinue) response.writeContinue();
    request.on('data', (chunk: Buffer) => this.onData(query, chunk));
    request.on('end', () => this.onEnd(query));
    request.on('error', () => undefined);
  }

  /** The bytes of a request do not count here any more. */
  letGo(query: Query): void {
    this.held -= query.held;
  }

  /** Answers a request for whose next bytes there is no room. */
  private hasRoomFor(query: Query, bytes: number): boolean {
    const { bodyBytes, waitingBytes } = this.limits;
    if (query.body.size + bytes > bodyBytes) {
      const limit = Math.round(bodyBytes / 1024 / 1024);
      this.answers.reject(query, text('service.tooLarge', { limit }));
    } else if (this.held + bytes > waitingBytes) this.answers.byPolicy(query, 'overload');
    else return true;
    return false;
  }

  private onData(query: Query, chunk: Buffer): void {
    if (query.answered || !this.hasRoomFor(query, chunk.length)) return;
    query.body.append(chunk);
    query.held += chunk.length;
    this.held += chunk.length;
  }

  private onEnd(query: Query): void {
    if (query.answered) return;
    const { depth } = this.limits;
    const scan = scanBody(query.body.content, depth);
    if (scan.depth > depth) return this.answers.reject(query, text('service.tooDeep', { depth }));
    this.events.complete(query, scan);
  }
}
