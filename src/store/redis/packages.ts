import { WorkflowError } from '../../text';

/**
 * What is used of the packages `ioredis` and `bullmq`. They are optional dependencies: declared here, so that the types
 * need no package, and loaded in one place only when Redis is wanted.
 */
export interface RedisPackages {
  Redis: new (options: RedisOptions) => RedisClient;
  Queue: new (name: string, options: BullOptions) => BullQueue;
  Worker: new (name: string, processor: null, options: BullOptions & WorkerOptions) => BullWorker;
}

export interface RedisOptions {
  host: string;
  port: number;
  username?: string;
  password?: string;
  tls?: object;
  connectionName: string;
  connectTimeout: number;
  /** `null`: a command waits until Redis is back; 0: it fails when the connection does. */
  maxRetriesPerRequest: number | null;
  enableOfflineQueue: boolean;
  autoResendUnfulfilledCommands: boolean;
  commandTimeout?: number;
  retryStrategy: (times: number) => number;
}

export interface RedisClient {
  readonly status: string;
  on(event: 'ready' | 'close', listener: () => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  defineCommand(name: string, definition: { numberOfKeys: number; lua: string }): void;
  info(section: string): Promise<string>;
  set(key: string, value: string, px: 'PX', ms: number): Promise<string | null>;
  set(key: string, value: string, px: 'PX', ms: number, nx: 'NX'): Promise<string | null>;
  get(key: string): Promise<string | null>;
  pexpire(key: string, ms: number): Promise<number>;
  del(key: string): Promise<number>;
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  zrem(key: string, ...members: string[]): Promise<number>;
  xadd(
    ...entry: [key: string, ...['MAXLEN', '~', number], id: '*', ...fields: string[]]
  ): Promise<string | null>;
  xread(
    ...asked: ['COUNT', number, 'BLOCK', number, 'STREAMS', key: string, after: string]
  ): Promise<[key: string, entries: [id: string, fields: string[]][]][] | null>;
  smembers(key: string): Promise<string[]>;
  hmgetBuffer(key: string, ...fields: string[]): Promise<(Buffer | null)[]>;
  zcard(key: string): Promise<number>;
  zscore(key: string, member: string): Promise<string | null>;
  exists(key: string): Promise<number>;
  bgrewriteaof(): Promise<string>;
  disconnect(): void;
}

interface BullOptions {
  connection: RedisClient;
  prefix: string;
  skipVersionCheck: boolean;
}

interface WorkerOptions {
  autorun: false;
  lockDuration: number;
  stalledInterval: number;
  maxStalledCount: number;
}

/** The data of a job is little: what it is about is kept beside it. */
export interface JobData {
  event: string;
}

export interface BullJob {
  readonly id: string;
  readonly data: JobData;
  /** How often a process died under it. */
  readonly stalledCounter: number;
  readonly failedReason?: string;
  readonly finishedOn?: number;
  moveToCompleted(value: unknown, token: string, fetchNext: false): Promise<unknown>;
  moveToFailed(error: Error, token: string): Promise<unknown>;
  moveToWait(token: string): Promise<unknown>;
  moveToDelayed(timestamp: number, token: string): Promise<void>;
  remove(): Promise<void>;
}

type Failures = { on(event: 'error', listener: (error: Error) => void): void };

export interface BullQueue extends Failures {
  addBulk(
    jobs: {
      name: string;
      data: JobData;
      opts: { jobId: string; removeOnComplete: true; removeOnFail: false };
    }[],
  ): Promise<unknown>;
  getJobCounts(...types: string[]): Promise<Record<string, number>>;
  getFailed(start: number, end: number): Promise<BullJob[]>;
  clean(graceMs: number, limit: number, type: 'failed'): Promise<string[]>;
  close(): Promise<void>;
}

export interface BullWorker extends Failures {
  getNextJob(token: string): Promise<BullJob | undefined>;
  startStalledCheckTimer(): Promise<void>;
  extendJobLocks(ids: string[], tokens: string[], ms: number): Promise<string[]>;
  close(force: true): Promise<void>;
}

/** How a package is loaded; tests give another way. */
export type Load = (name: 'bullmq' | 'ioredis') => unknown;

// eslint-disable-next-line @typescript-eslint/no-require-imports -- only when Redis is wanted
const fromNodeModules: Load = (name) => require(name) as unknown;

/**
 * The package `ioredis` alone.
 * @throws {WorkflowError} that says what to install, or why it does not run here
 */
export function loadClient(load: Load = fromNodeModules): Pick<RedisPackages, 'Redis'> {
  try {
    const { Redis } = load('ioredis') as Pick<RedisPackages, 'Redis'>;
    return { Redis };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === 'MODULE_NOT_FOUND') throw new WorkflowError('store.redisMissing', {}, { cause: error });
    const problem = String(message).split('\n')[0];
    throw new WorkflowError('store.redisUnusable', { problem }, { cause: error });
  }
}

/**
 * The packages `ioredis` and `bullmq`.
 * @throws {WorkflowError} that says what to install, or why they do not run here
 */
export function loadRedis(load: Load = fromNodeModules): RedisPackages {
  try {
    const { Redis } = load('ioredis') as Pick<RedisPackages, 'Redis'>;
    const { Queue, Worker } = load('bullmq') as Omit<RedisPackages, 'Redis'>;
    return { Redis, Queue, Worker };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === 'MODULE_NOT_FOUND') throw new WorkflowError('redis.missing', {}, { cause: error });
    throw new WorkflowError('redis.unusable', { problem: String(message).split('\n')[0] }, { cause: error });
  }
}
