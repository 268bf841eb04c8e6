import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { QueueOverview } from '../queue/overview';
import type { QueueEvents, QueueLimits, QueuePlaces, QueueState, RequestQueue } from '../queue/queue';
import { KeptThread } from './kept-thread';
import type { KeeperMessage } from './protocol';
import type { Fate, FromQueueThread, ToQueueThread } from './queue-protocol';

/** What the thread of a queue begins with besides what its own kind needs. */
export interface ThreadState {
  limits: QueueLimits;
  inHand: readonly number[];
}

/** A queue whose keeping is the work of a thread of its own. */
export class ThreadQueue extends EventEmitter<QueueEvents> implements RequestQueue {
  protected readonly thread: KeptThread<ToQueueThread>;
  private readonly entrances = new Map<string, (entrance: MessagePort) => void>();
  private readonly places = new Map<string, QueuePlaces>();
  private readonly modules = new Map<string, { source: string; module: string }>();
  private readonly inHand = new Set<number>();
  /** What became of requests, to be told together. */
  private fates: { fate: Fate; id: number }[] = [];
  private isRunning = false;

  /**
   * @param file of the thread
   * @param start what it begins with, in the state of then
   */
  constructor(
    file: 'queue-worker.js' | 'redis-worker.js',
    private limits: QueueLimits,
    start: (state: ThreadState) => object,
    closed: 'queue.closed' | 'redis.closed',
  ) {
    super();
    const begun = () => start({ limits: this.limits, inHand: [...this.inHand] });
    this.thread = new KeptThread(file, begun, { closed, thread: 'queue.thread' });
    this.thread.on('state', (state) => this.emit('state', state));
    this.thread.on('notice', (notice) => this.emit('notice', notice));
    this.thread.on('told', (message) => this.onTold(message));
    this.thread.on('begun', () => this.onBegun());
    // MISP waits for it, so it does not.
    this.thread.begin(0);
  }

  get current(): QueueState {
    return this.thread.current;
  }

  connect(source: string, give: (entrance: MessagePort) => void): void {
    this.entrances.set(source, give);
    if (this.isRunning) this.enter(source, give);
  }

  disconnect(source: string): void {
    this.entrances.delete(source);
  }

  setPlaces(source: string, places: QueuePlaces): void {
    this.places.set(source, places);
    this.thread.send({ do: 'places', source, places });
  }

  open(source: string, module: string): void {
    this.modules.set(`${source} ${module}`, { source, module });
    this.thread.send({ do: 'open', source, module });
  }

  pause(source: string, module: string): void {
    this.modules.delete(`${source} ${module}`);
    this.thread.send({ do: 'pause', source, module });
  }

  quiet(id: number): void {
    this.tellOf('quiet', id);
  }

  done(id: number): void {
    this.tellOf('done', id);
  }

  again(id: number): void {
    this.tellOf('again', id);
  }

  unreadable(id: number): void {
    this.tellOf('unreadable', id);
  }

  setLimits(limits: QueueLimits): void {
    this.limits = limits;
    this.thread.send({ do: 'limits', limits });
  }

  overview(): Promise<QueueOverview> {
    return this.thread.ask({ do: 'overview' });
  }

  restart(which: { id: number } | 'all'): Promise<number> {
    return this.thread.ask({ do: 'restart', which });
  }

  forget(which: { id: number } | 'all'): Promise<number> {
    return this.thread.ask({ do: 'forget', which });
  }

  /** Waits until all that was told is written, and gives up the thread: nothing is under way afterwards. */
  close(): void {
    this.tellFates();
    this.thread.close();
  }

  private enter(source: string, give: (entrance: MessagePort) => void): void {
    const { port1, port2 } = new MessageChannel();
    this.thread.send({ do: 'entrance', source, port: port1 }, [port1]);
    give(port2);
  }

  /** A thread that takes the place of another one is told all again. */
  private onBegun(): void {
    this.isRunning = true;
    for (const [source, places] of this.places) this.thread.send({ do: 'places', source, places });
    for (const [source, give] of this.entrances) this.enter(source, give);
    for (const { source, module } of this.modules.values()) this.thread.send({ do: 'open', source, module });
  }

  private onTold(message: Exclude<FromQueueThread, KeeperMessage>): void {
    if (message.told === 'changed') return void this.emit('changed');
    if (message.told === 'shared') return void this.emit('shared', message.news, message.ageMs);
    if (message.told === 'records') return void this.emit('records', message.set);
    this.inHand.add(message.request.id);
    this.emit('taken', message.request);
  }

  private tellOf(fate: Fate, id: number): void {
    if (!this.inHand.has(id)) return;
    if (fate !== 'quiet') this.inHand.delete(id);
    if (this.fates.length === 0) setImmediate(() => this.tellFates());
    this.fates.push({ fate, id });
  }

  private tellFates(): void {
    const { fates } = this;
    this.fates = [];
    if (fates.length > 0) this.thread.send({ do: 'fates', fates });
  }
}
