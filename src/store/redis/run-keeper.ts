import { errorOf, saidBy, text, WorkflowError, type Said } from '../../text';
import type { Question, ToThread } from '../protocol';
import type { FromRunsThread, RunsStart } from '../runs-protocol';
import type { StoredRun } from '../store';
import { RedisConnection, type ConnectionPlan } from './connection';
import { loadClient } from './packages';
import { RedisRuns } from './runs';

/** How often what has become too old is deleted although nothing is recorded, in milliseconds. */
const TIDY_MS = 10 * 60_000;
/** How long a clean end may take, in milliseconds: less than is waited for it. */
const CLOSE_MS = 2500;

/** Runs leave to accepted requests what those may use of Redis. */
const RUNS: ConnectionPlan = {
  mostUsed: 0.8,
  words: {
    ...{
      away: 'store.redisAway',
      effect: 'store.redisEffect',
      full: 'store.redisFull',
      old: 'store.redisOld',
    },
    ...{ replica: 'store.redisReplica', evicts: 'store.redisEvicts', notOnDisk: 'store.redisNotOnDisk' },
  },
};

/** The recorded runs in Redis, as one of the processes that share them. */
export class RunKeeper {
  private connection: RedisConnection | undefined;
  private runs!: RedisRuns;
  /** Why nothing is recorded. */
  private problem: Said | undefined = text('redis.closed');
  /** Redis did not do something; it is asked again after a while. */
  private refusal: Said | undefined;
  private toldProblem: string | undefined;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly recording = new Set<Promise<void>>();
  private troubles = 0;
  private looked = 0;
  private tidied = 0;
  /** Something was forgotten, and Redis's own file may have it still. */
  private isInFile = false;
  /** It is known whether Redis can be used. */
  private isKnown = false;
  private isClosed = false;

  constructor(
    private readonly start: RunsStart,
    private readonly tell: (message: FromRunsThread) => void,
  ) {}

  begin(): Promise<void> {
    const { redis, pace, owner, limits } = this.start;
    try {
      this.connection = new RedisConnection(redis, pace, loadClient(), RUNS);
    } catch (error) {
      this.problem = saidBy(error);
      this.tellState();
      return Promise.resolve();
    }
    this.runs = new RedisRuns(this.connection.hasty, redis.prefix, owner, limits);
    this.connection.on('trouble', (problem) => void this.onTrouble(problem));
    this.connection.on('notice', (notice) => this.tell({ told: 'notice', notice }));
    let isBusy = false;
    const look = async () => {
      if (isBusy || !this.isReady || !this.isKnown) return;
      isBusy = true;
      await this.lookAround().catch((error: unknown) => this.onError(error));
      isBusy = false;
    };
    this.timers.push(setInterval(() => void look(), pace.lookMs).unref());
    return Promise.resolve();
  }

  take({ limits }: Extract<ToThread, { do: 'limits' }>): void {
    this.start.limits = limits;
    this.runs?.setLimits(limits);
    this.tidied = 0;
  }

  /** Runs are found and forgotten also while Redis is full. */
  async answer(question: Question): Promise<unknown> {
    if (question.do === 'record') return this.record(question.runs);
    if (!this.isReady) throw errorOf(this.problem ?? text('redis.closed'));
    try {
      await this.tidyIfAsked();
      if (question.do === 'list') return await this.runs.list(question.search);
      if (question.do === 'get') return await this.runs.get(question.run);
      const count = await this.runs.forget(question.which);
      this.isInFile = true;
      await this.rewriteFile();
      return count;
    } catch (error) {
      throw errorOf(this.connection!.failure(error));
    }
  }

  /** What is being recorded is waited for. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const timer of this.timers) clearInterval(timer);
    const all = Promise.allSettled(this.recording).then(() =>
      this.isReady ? this.runs.end().catch(() => undefined) : undefined,
    );
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, CLOSE_MS))]);
    this.connection?.close();
  }

  private get isReady(): boolean {
    return this.connection?.hasty.status === 'ready';
  }

  private record(runs: readonly StoredRun[]): Promise<void> {
    const recording = this.recordNow(runs).finally(() => this.recording.delete(recording));
    this.recording.add(recording);
    return recording;
  }

  private async recordNow(runs: readonly StoredRun[]): Promise<void> {
    await this.connection?.comes(runs.reduce((sum, run) => sum + bytesOf(run), 0));
    const problem = this.problem ?? this.refusal;
    if (problem !== undefined) throw errorOf(problem);
    try {
      if (await this.runs.record(runs)) return;
    } catch (error) {
      throw errorOf(this.onError(error));
    }
    // Who hears of it knows which of these runs are to be recorded again.
    await this.hear();
    throw new WorkflowError('store.forgotten');
  }

  private async lookAround(): Promise<void> {
    const { deadMs, healthMs } = this.start.pace;
    const isDue = Date.now() - this.looked >= healthMs;
    if (isDue) {
      this.looked = Date.now();
      await this.connection?.look();
    }
    await this.rewriteFile();
    await this.runs.beat(deadMs);
    await this.hear();
    if (isDue && this.refusal !== undefined) await this.mend();
    if (Date.now() - this.tidied > TIDY_MS) await this.tidy();
  }

  /** Whether it does now what it has refused. */
  private async mend(): Promise<void> {
    await this.runs.prune();
    this.refusal = undefined;
    this.tellState();
  }

  private async hear(): Promise<void> {
    const { changed, runs, allAgeMs } = await this.runs.news();
    if (allAgeMs !== undefined) this.tell({ told: 'forgotten', which: { allAgeMs } });
    if (runs.length > 0) this.tell({ told: 'forgotten', which: { runs } });
    if (changed) this.tell({ told: 'changed' });
  }

  private async tidy(): Promise<void> {
    this.tidied = Date.now();
    while (!this.isClosed && (await this.runs.prune()));
  }

  /** The bounds were changed. */
  private async tidyIfAsked(): Promise<void> {
    if (this.tidied === 0) await this.tidy();
  }

  /** What was forgotten stands in Redis's own file until that is written anew. */
  private async rewriteFile(): Promise<void> {
    if (!this.isInFile || !this.connection?.isOnDisk) return;
    try {
      await this.connection.hasty.bgrewriteaof();
    } catch (error) {
      // One is under way that may have begun before.
      if (!/NOPERM|unknown command/i.test((error as Error).message)) return;
      const { where } = this.connection;
      this.tell({ told: 'notice', notice: text('store.redisFile', { where }) });
    }
    this.isInFile = false;
  }

  private async onTrouble(problem: Said | undefined): Promise<void> {
    if (this.isClosed) return;
    const trouble = ++this.troubles;
    if (problem === undefined) {
      try {
        // What was forgotten while it was away is heard of before anything is recorded.
        await this.hear();
        await this.runs.beat(this.start.pace.deadMs);
      } catch (error) {
        this.onError(error);
      }
    }
    // It may have gone meanwhile.
    if (trouble !== this.troubles) return;
    this.problem = problem;
    this.isKnown = true;
    this.tellState();
  }

  /** @returns what failed, in words */
  private onError(error: unknown): Said {
    const said = this.connection!.failure(error);
    // That it is away is told by the connection.
    if (this.isReady) this.refusal = said;
    this.tellState();
    return said;
  }

  private tellState(): void {
    const problem = this.problem ?? this.refusal;
    const now = JSON.stringify(problem ?? null);
    if (this.isClosed || now === this.toldProblem) return;
    this.toldProblem = now;
    this.tell({
      told: 'state',
      state: problem === undefined ? { state: 'open' } : { state: 'failed', problem },
    });
  }
}

/** Roughly. */
const bytesOf = ({ text, row, details, input }: StoredRun) =>
  text.length + row.length + details.length + (input?.bytes.byteLength ?? 0);
