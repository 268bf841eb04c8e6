import { randomUUID } from 'node:crypto';
import type { QueueLimits } from '../../queue/queue';
import type { Flag, ScriptedClient } from './scripts';

/** A request that comes in. */
export interface NewRequest {
  key: string;
  lane: string;
  /** Where the order is to be kept: of which event it is. */
  event: string;
  caller: string;
  receivedAt: number;
  notes: number;
  body: Uint8Array;
}

/** Where a request stands. */
export interface Place {
  key: string;
  lane: string;
  event: string;
}

/** What is kept of a request, as it is given out. */
export interface KeptRequest {
  body: Uint8Array<ArrayBuffer>;
  caller: string;
  receivedAt: number;
  notes: number;
  /** How often it has been given out, this time too. */
  attempts: number;
}

/** What a list of those that were put aside shows. */
export interface Summary {
  receivedAt: number;
  size: number;
  attempts: number;
}

const TAKEN = ['body', 'caller', 'receivedAt', 'notes', 'attempts'];

/** What is done: it has ended or is not wanted, it was put aside, or MISP was refused and it may still come in. */
type Leaving = 'ended' | 'aside' | 'refused';

/** The requests in Redis, besides whose turn it is. */
export class RedisRequests {
  /** This process, among those that share them. */
  readonly owner = randomUUID();

  constructor(
    /** Fails when Redis is away. */
    private readonly hasty: ScriptedClient,
    /** Waits until Redis is back. */
    private readonly patient: ScriptedClient,
    private readonly prefix: string,
  ) {}

  /** @returns how full it is, if there is no room; `refused`: it was taken back before it came in */
  async put(
    request: NewRequest,
    { requests, bytes }: QueueLimits,
  ): Promise<'kept' | 'refused' | { count: number; bytes: number }> {
    const { key, lane, event, caller, receivedAt, notes, body } = request;
    const size = body.byteLength;
    const fields = { owner: this.owner, lane, event, caller, receivedAt, notes, size, attempts: 0 };
    const [count, used] = await this.hasty.mispPut(
      ...[this.requestKey(key), this.key('entering'), this.key('totals'), this.key('lanes')],
      ...[this.lineOf(request), this.goneKey(key), key, requests, bytes, size, lane, inOrder(event)],
      ...Object.entries(fields).flat(),
      ...['body', Buffer.from(body.buffer, body.byteOffset, size)],
    );
    if (count === -2) return 'kept';
    return count === -1 ? 'refused' : { count, bytes: used };
  }

  /** @returns whether it is to be a job now; what is none has another one of its event before it, or is gone */
  async confirm(place: Place): Promise<boolean> {
    const { key, event } = place;
    const [request, entering] = [this.requestKey(key), this.key('entering')];
    const line = this.lineOf(place);
    return (await this.patient.mispConfirm(request, entering, line, key, inOrder(event))) === 1;
  }

  /** They are jobs now. */
  async entered(keys: readonly string[]): Promise<void> {
    await this.patient.zrem(this.key('entering'), ...keys);
  }

  /** @returns undefined if it has ended already */
  async take(key: string): Promise<KeptRequest | 'unreadable' | undefined> {
    const found = await this.patient.mispTakeBuffer(this.requestKey(key), ...TAKEN);
    if (!found) return undefined;
    const [body, caller, receivedAt, notes, attempts] = found;
    if (!body) return 'unreadable';
    return {
      // A buffer of its own: those of the client share theirs.
      body: new Uint8Array(body),
      caller: String(caller ?? ''),
      ...{ receivedAt: Number(receivedAt), notes: Number(notes), attempts: Number(attempts) },
    };
  }

  /** @returns the one of its event whose turn it is now */
  async leave(place: Place, what: Leaving): Promise<string | undefined> {
    const { key, event } = place;
    const next = await this.patient.mispLeave(
      ...[this.requestKey(key), this.key('entering'), this.key('totals')],
      ...[this.lineOf(place), this.goneKey(key), key, inOrder(event), what],
    );
    return next ?? undefined;
  }

  /** @returns whether it is still there */
  async reenter(place: Place): Promise<boolean> {
    const { key, event } = place;
    const [request, entering] = [this.requestKey(key), this.key('entering')];
    const args = [request, entering, this.lineOf(place), key, inOrder(event), this.owner];
    return (await this.patient.mispReenter(...args)) === 1;
  }

  /** Those that came in by a process that is gone; they are this one's now, and may run for the second time. */
  async adopt(ageMs: number): Promise<Place[]> {
    const found = await this.patient.mispLost(
      ...([this.key('entering'), ageMs, this.requestKey(''), this.aliveKey('')] as const),
      this.owner,
    );
    const places: Place[] = [];
    for (let at = 0; at < found.length; at += 3) {
      const [key, lane, event] = found.slice(at, at + 3);
      if (lane === '') await this.entered([key]);
      else places.push({ key, lane, event });
    }
    return places;
  }

  async placeOf(key: string): Promise<Place | undefined> {
    const [lane, event] = await this.patient.hmget(this.requestKey(key), 'lane', 'event');
    return lane === null ? undefined : { key, lane, event: event ?? '' };
  }

  async summaryOf(key: string): Promise<Summary> {
    const found = await this.patient.hmget(this.requestKey(key), 'receivedAt', 'size', 'attempts');
    const [receivedAt, size, attempts] = found.map(Number);
    return { receivedAt, size, attempts };
  }

  async count(): Promise<number> {
    const [count] = await this.patient.hmget(this.key('totals'), 'count');
    return Number(count);
  }

  lanes(): Promise<string[]> {
    return this.patient.smembers(this.key('lanes'));
  }

  /** This process lives. */
  async beat(ms: number): Promise<void> {
    const key = this.aliveKey(this.owner);
    // That takes no memory.
    if ((await this.patient.pexpire(key, ms)) === 0) await this.patient.set(key, '1', 'PX', ms);
  }

  /** Whether this one may run: of those under which a process has died, one at a time in all processes. */
  async isOnlySuspect(key: string, ms: number): Promise<boolean> {
    const suspect = this.key('suspect');
    if ((await this.patient.set(suspect, key, 'PX', ms, 'NX')) !== null) return true;
    return (await this.patient.get(suspect)) === key;
  }

  async renewSuspect(ms: number): Promise<void> {
    await this.patient.pexpire(this.key('suspect'), ms);
  }

  async endSuspect(): Promise<void> {
    await this.patient.del(this.key('suspect'));
  }

  private key(name: string): string {
    return `${this.prefix}:${name}`;
  }

  private requestKey(key: string): string {
    return this.key(`request:${key}`);
  }

  private goneKey(key: string): string {
    return this.key(`gone:${key}`);
  }

  private aliveKey(owner: string): string {
    return this.key(`alive:${owner}`);
  }

  private lineOf({ lane, event }: Omit<Place, 'key'>): string {
    return this.key(`line:${lane}:${event}`);
  }
}

const inOrder = (event: string): Flag => (event === '' ? '0' : '1');
