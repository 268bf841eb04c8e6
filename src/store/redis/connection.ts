import { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import { isUntrusted } from '../../certificate';
import { saidBy, text, words, WorkflowError, type Said } from '../../text';
import type { RedisOptions, RedisPackages } from './packages';
import { scripted, type ScriptedClient } from './scripts';
import type { RedisPace, RedisSettings } from './settings';

/** What a connection is for. */
export interface ConnectionPlan {
  /** Beyond that part of what Redis may use, nothing more is kept. */
  mostUsed: number;
  words: {
    away: 'redis.away' | 'store.redisAway';
    /** What comes of it, as a part of a sentence. */
    effect: 'redis.effect' | 'store.redisEffect';
    full: 'redis.full' | 'store.redisFull';
    old: 'redis.old' | 'store.redisOld';
    replica: 'redis.replica' | 'store.redisReplica';
    evicts: 'redis.evicts' | 'store.redisEvicts';
    notOnDisk: 'redis.notOnDisk' | 'store.redisNotOnDisk';
  };
}

/** For accepted requests: some room is left for the runs of what waits. */
const REQUESTS: ConnectionPlan = {
  mostUsed: 0.9,
  words: {
    ...{ away: 'redis.away', effect: 'redis.effect', full: 'redis.full', old: 'redis.old' },
    ...{ replica: 'redis.replica', evicts: 'redis.evicts', notOnDisk: 'redis.notOnDisk' },
  },
};

/** After so much of it has come in from here, it is looked how much is used. */
const LOOK_AFTER = 0.02;

/** What the scripts need. */
const LEAST_VERSION = [6, 2];

/** How long it is waited for a connection, in milliseconds. */
const CONNECT_MS = 5000;

/** Longest pause between two attempts to connect, in milliseconds. */
const MOST_PAUSE_MS = 2000;

/** What Redis says of who may not use it. */
const LOGIN = /^(WRONGPASS|NOAUTH|NOPERM)/;

/** How Redis ends a connection of TLS without a certificate of whoever connects: Node.js names what it hears first. */
const NO_CLIENT =
  /^(ECONNRESET|EPIPE)$|ALERT_(CERTIFICATE_REQUIRED|UNKNOWN_CA|BAD_CERTIFICATE|HANDSHAKE_FAILURE)$/;

/** What the package says of itself when the connection is lost: the reason is another one. */
const OWN_WORDS = /^(Reached the max retries|Stream isn't writeable|Connection is closed)/;

interface Events {
  /** Why nothing can be kept; undefined if it can. */
  trouble: [problem: Said | undefined];
  /** What should be known although it works. */
  notice: [Said];
}

/** The connections to a Redis: whether it is there, has room, and keeps what it is given. */
export class RedisConnection extends EventEmitter<Events> {
  /** Fails when Redis is away. */
  readonly hasty: ScriptedClient;
  private readonly options: RedisOptions;
  private patientOne: ScriptedClient | undefined;
  private waitingOne: ScriptedClient | undefined;
  /** Since when it has been there, in milliseconds since 1970; undefined while it is not. */
  since: number | undefined;
  /** Why it could not be reached last. */
  private latest: NodeJS.ErrnoException | undefined;
  private trouble: string | undefined;
  /** What it is given, it writes to its own file on disk. */
  isOnDisk = false;
  private readonly told = new Set<string>();
  private isClosed = false;
  /** What Redis may use, and what has come in from here since it was looked; in bytes. */
  private memory = 0;
  private comeIn = 0;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly settings: RedisSettings,
    pace: Pick<RedisPace, 'answerMs'>,
    private readonly packages: Pick<RedisPackages, 'Redis'>,
    private readonly plan = REQUESTS,
  ) {
    super();
    const { host, port, user, password, tls } = settings;
    this.options = {
      ...{ maxRetriesPerRequest: null, enableOfflineQueue: true, autoResendUnfulfilledCommands: true },
      ...{
        host,
        port,
        connectionName: 'misp-workflows',
        connectTimeout: Math.min(CONNECT_MS, pace.answerMs),
      },
      ...(user === '' ? {} : { username: user }),
      ...(password === '' ? {} : { password }),
      ...(tls ? { tls: { ...tls, verify: undefined, rejectUnauthorized: tls.verify, ...named(host) } } : {}),
      retryStrategy: (times: number) => Math.min(times * 100, MOST_PAUSE_MS),
    };
    this.hasty = this.client({
      ...this.options,
      ...{ maxRetriesPerRequest: 0, enableOfflineQueue: false, autoResendUnfulfilledCommands: false },
      commandTimeout: pace.answerMs,
    });
    this.hasty.on('ready', () => {
      this.latest = undefined;
      void this.look();
    });
    this.hasty.on('close', () => this.onClose());
  }

  /** Waits until Redis is back. */
  get patient(): ScriptedClient {
    return (this.patientOne ??= this.client(this.options));
  }

  /** Waits for what others tell. */
  get waiting(): ScriptedClient {
    return (this.waitingOne ??= this.client(this.options));
  }

  get where(): string {
    const { host, port } = this.settings;
    return `${host}:${port}`;
  }

  /** Waits until it is known that Redis has room for what comes in. */
  async comes(bytes: number): Promise<void> {
    this.comeIn += bytes;
    if (this.memory > 0 && this.comeIn > this.memory * LOOK_AFTER) await this.look();
  }

  /** Whether it has room, and keeps what it is given. */
  look(): Promise<void> {
    this.looking ??= this.lookNow().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookNow(): Promise<void> {
    this.comeIn = 0;
    try {
      const about = fieldsIn(await this.hasty.info('everything'));
      this.since ??= Date.now();
      this.memory = Number(about.maxmemory);
      this.isOnDisk = about.aof_enabled === '1';
      this.warn(about);
      this.setTrouble(this.troubleIn(about));
    } catch (error) {
      // A connection that is lost is told as such.
      if (this.hasty.status === 'ready') this.setTrouble(this.away(error as Error));
    }
  }

  /** In words, what a command failed of. */
  failure(error: unknown): Said {
    const { message } = error as Error;
    const { where } = this;
    if (message.startsWith('OOM')) return text(this.plan.words.full, { where });
    return this.hasty.status === 'ready'
      ? text('redis.refused', { where, problem: saidBy(error) })
      : this.away(error as Error);
  }

  close(): void {
    this.isClosed = true;
    this.hasty.disconnect();
    this.patientOne?.disconnect();
    this.waitingOne?.disconnect();
  }

  private client(options: RedisOptions): ScriptedClient {
    const client = scripted(new this.packages.Redis(options));
    client.on('error', (error) => (this.latest = error));
    return client;
  }

  private onClose(): void {
    this.since = undefined;
    if (this.isClosed) return;
    this.setTrouble(this.away());
  }

  private away(error?: NodeJS.ErrnoException): Said {
    const { where } = this;
    const { tls } = this.settings;
    const effect = text(this.plan.words.effect);
    const { message = '', code = '' } = (error && !OWN_WORDS.test(error.message) ? error : this.latest) ?? {};
    if (isUntrusted(code)) return text('redis.certificate', { where, effect, code });
    // What is not TLS waits for more, and so does who asks.
    if (tls && message === 'connect ETIMEDOUT') return text('redis.noTls', { where, effect });
    if (tls && !tls.cert && NO_CLIENT.test(code)) return text('redis.noCertificate', { where, effect });
    const [, login] = LOGIN.exec(message) ?? [];
    if (login) return text('redis.login', { where, effect, code: login });
    const problem = message === '' ? text('redis.closed') : message.split('\n')[0];
    return text(this.plan.words.away, { where, problem });
  }

  private troubleIn(about: Record<string, string>): Said | undefined {
    const { where } = this;
    const { mostUsed, words: say } = this.plan;
    const version = (about.valkey_version || about.redis_version) ?? '';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1]))
      return text(say.old, { where, version });
    if (about.role === 'slave') return text(say.replica, { where });
    const [most, used] = [Number(about.maxmemory), Number(about.used_memory)];
    return most > 0 && used > most * mostUsed ? text(say.full, { where }) : undefined;
  }

  /** Each once. */
  private warn(about: Record<string, string>): void {
    const { where } = this;
    const notices = [
      ...(about.maxmemory_policy === 'noeviction' ? [] : [text(this.plan.words.evicts, { where })]),
      ...(about.aof_enabled === '1' ? [] : [text(this.plan.words.notOnDisk, { where })]),
    ];
    for (const notice of notices) {
      if (this.told.has(notice.key)) continue;
      this.told.add(notice.key);
      this.emit('notice', notice);
    }
  }

  private setTrouble(problem: Said | undefined): void {
    const now = problem === undefined ? '' : words(problem);
    if (now === this.trouble) return;
    this.trouble = now;
    this.emit('trouble', problem);
  }
}

/** Which of its certificates a server is to show; an address has no name. */
const named = (host: string) => (isIP(host) === 0 ? { servername: host } : {});

/** What `INFO` says. */
function fieldsIn(info: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1);
  }
  return fields;
}

/** What a request is refused with while there is no trouble known. */
export const tooMany = (count: number, bytes: number) =>
  new WorkflowError('queue.tooMany', { count, megabytes: Math.round(bytes / 1024 / 1024) });

/** It is said in words already, and nothing was sent to Redis. */
export const isOurs = (error: unknown): boolean => typeof saidBy(error) !== 'string';
