import type { MessagePort } from 'node:worker_threads';
import type { QueueEntry, QueueLimits } from '../../queue/queue';
import { saidBy, text, type Said } from '../../text';
import { Entrances, refuse } from '../thread/entrances';
import { prepared } from '../thread/queue-body';
import { packed } from '../thread/queue-table';
import { isOurs, tooMany, type RedisConnection } from './connection';
import { Lane } from './lane';
import type { Place, RedisRequests } from './requests';

type Put = QueueEntry & { enter: 'put' };

/** One that MISP was not told of yet. */
interface Entering extends Place {
  port: MessagePort;
}

/** What the intake needs of whoever keeps the requests. */
export interface IntakeNeeds {
  /** It is known whether Redis can be used: what comes in before waits for that. */
  known: Promise<void>;
  /** Why nothing can be kept. */
  problem(): Said | undefined;
  limits(): QueueLimits;
  /** Asked only once there was no problem. */
  redis(): { connection: RedisConnection; requests: RedisRequests };
  /** MISP was told that they are accepted: they run. */
  accepted(places: readonly Place[]): void;
  /** MISP was told that it is not: it never runs. */
  refused(place: Place): void;
}

/** Where requests come in, until MISP was told that they are kept. */
export class Intake {
  private readonly entrances = new Entrances({
    onEntry: (source, port, entry) => this.onEntry(source, port, entry),
    onClosed: (port) => this.onClosed(port),
  });
  /** On the way to Redis. */
  private readonly coming = new Map<string, Entering>();
  private readonly entering = new Map<string, Entering>();
  private isEnding = false;

  constructor(private readonly needs: IntakeNeeds) {}

  open(source: string, port: MessagePort): void {
    this.entrances.open(source, port);
  }

  /** What waits at the entrances is still heard: MISP may have been refused. What is on its way is. */
  end(): void {
    this.isEnding = true;
    this.entrances.drain();
    for (const { port, ...place } of this.coming.values()) {
      refuse(port, place.key, text('redis.closed'));
      this.needs.refused(place);
    }
  }

  close(): void {
    this.entrances.close();
  }

  /** Whoever was there is gone: what came in runs. */
  private onClosed(port: MessagePort): void {
    const left = [...this.entering.values()].filter((entering) => entering.port === port);
    this.confirm(left.map(({ key }) => key));
  }

  private onEntry(source: string, port: MessagePort, entry: QueueEntry): void {
    if (entry.enter === 'put') {
      if (this.isEnding) refuse(port, entry.key, text('redis.closed'));
      else void this.put(source, port, entry);
    } else if (entry.enter === 'withdraw') this.withdraw(entry.key);
    else if (entry.enter === 'recall') void this.recall(port, entry.keys);
    else this.confirm(entry.keys);
  }

  private async put(source: string, port: MessagePort, put: Put): Promise<void> {
    const { key, module, caller, receivedAt, notes } = put;
    const { needs } = this;
    await needs.known;
    if (needs.problem() === undefined) await needs.redis().connection.comes(put.body.byteLength);
    const problem = needs.problem();
    if (problem !== undefined) return refuse(port, key, problem);
    const { connection, requests } = needs.redis();
    const place: Entering = { key, lane: Lane.nameOf(source, module), event: '', port };
    this.coming.set(key, place);
    try {
      const { body, event } = prepared(put);
      place.event = event;
      const request = { ...place, caller, receivedAt, notes: packed(notes), body };
      const outcome = await requests.put(request, needs.limits());
      // It was refused as this ended.
      if (this.isEnding) return;
      if (outcome === 'refused') return refuse(port, key, text('redis.closed'));
      if (outcome !== 'kept') throw tooMany(outcome.count, outcome.bytes);
    } catch (error) {
      if (isOurs(error)) return refuse(port, key, saidBy(error));
      // It may come in all the same.
      this.needs.refused(place);
      return refuse(port, key, connection.failure(error));
    } finally {
      this.coming.delete(key);
    }
    this.entering.set(key, place);
    port.postMessage({ entry: 'kept', keys: [key] });
  }

  private withdraw(key: string): void {
    const place = this.entering.get(key);
    this.entering.delete(key);
    if (place) this.needs.refused(place);
  }

  private confirm(keys: readonly string[]): void {
    const places = keys.flatMap((key) => this.entering.get(key) ?? []);
    for (const { key } of places) this.entering.delete(key);
    if (places.length > 0) this.needs.accepted(places);
  }

  /** After another thread of this process: are they kept? */
  private async recall(port: MessagePort, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const place = await this.placeOf(key).catch(() => undefined);
      if (!place) refuse(port, key, this.needs.problem() ?? text('redis.closed'));
      else {
        this.entering.set(key, { ...place, port });
        port.postMessage({ entry: 'kept', keys: [key] });
      }
    }
  }

  /** Without what a Redis needs there is nobody to ask. */
  private async placeOf(key: string): Promise<Place | undefined> {
    return await this.needs.redis().requests.placeOf(key);
  }
}
