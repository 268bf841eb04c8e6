import { randomUUID } from 'node:crypto';
import type { BullJob, BullQueue, BullWorker, RedisClient, RedisPackages } from './packages';
import type { RedisPace } from './settings';

/** A job that this process has. */
export interface Held {
  lane: Lane;
  job: BullJob;
  token: string;
}

/** More deaths than there are attempts: whether it is put aside is said by us, because a line goes on then. */
const MOST_STALLED = 1_000_000;

/** Pause after a failure, in milliseconds. */
const PAUSE_MS = 500;

/** The requests of one module, as jobs of BullMQ. */
export class Lane {
  readonly source: string;
  readonly module: string;
  readonly queue: BullQueue;
  private worker: BullWorker | undefined;
  private readonly held = new Map<string, string>();
  private isClosed = false;

  constructor(
    private readonly packages: Pick<RedisPackages, 'Queue' | 'Worker'>,
    private readonly connection: RedisClient,
    private readonly prefix: string,
    readonly name: string,
    private readonly pace: RedisPace,
    private readonly onError: (error: Error) => void,
  ) {
    const dot = name.lastIndexOf('.');
    this.source = decodeURIComponent(name.slice(0, dot));
    this.module = name.slice(dot + 1);
    this.queue = new packages.Queue(name, this.options);
    this.queue.on('error', onError);
  }

  /** The name of the lane of a module; what a name cannot have is written otherwise. */
  static nameOf(source: string, module: string): string {
    return `${encodeURIComponent(source)}.${module}`;
  }

  /** Whether it is one: another one's data may stand where names are kept. */
  static isName(name: string): boolean {
    try {
      return /^[^:]{1,500}\.[a-z0-9_]{1,200}$/.test(name) && decodeURIComponent(name) !== '';
    } catch {
      return false;
    }
  }

  /**
   * Takes jobs from now on.
   * @param ready waits until there is a place
   * @param take gets each job, and counts it at once
   */
  work(ready: () => Promise<void>, take: (held: Held) => Promise<void>): void {
    if (this.worker) return;
    this.worker = new this.packages.Worker(this.name, null, {
      ...this.options,
      autorun: false,
      lockDuration: this.pace.lockMs,
      stalledInterval: this.pace.stalledMs,
      maxStalledCount: MOST_STALLED,
    });
    this.worker.on('error', this.onError);
    void this.worker.startStalledCheckTimer().catch(this.onError);
    void this.pump(this.worker, ready, take);
  }

  async add(jobs: readonly { key: string; event: string }[]): Promise<void> {
    await this.queue.addBulk(
      jobs.map(({ key, event }) => ({
        name: 'request',
        data: { event },
        opts: { jobId: key, removeOnComplete: true, removeOnFail: false },
      })),
    );
  }

  /** It is not renewed any more. */
  letGo({ job }: Held): void {
    this.held.delete(job.id);
  }

  /** What this process has goes on. */
  async renew(): Promise<void> {
    if (this.held.size === 0) return;
    await this.worker?.extendJobLocks([...this.held.keys()], [...this.held.values()], this.pace.lockMs);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.worker?.close(true);
    await this.queue.close();
  }

  private get options() {
    const { connection, prefix } = this;
    return { connection, prefix: `${prefix}:jobs`, skipVersionCheck: true };
  }

  private async pump(
    worker: BullWorker,
    ready: () => Promise<void>,
    take: (held: Held) => Promise<void>,
  ): Promise<void> {
    while (!this.isClosed) {
      try {
        await ready();
        const token = randomUUID();
        const job = await worker.getNextJob(token);
        if (!job) continue;
        this.held.set(job.id, token);
        // The next one is fetched meanwhile: it has its place already.
        void take({ lane: this, job, token }).catch(this.onError);
      } catch (error) {
        if (this.isClosed) return;
        this.onError(error as Error);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }
}
