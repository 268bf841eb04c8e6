import { EventEmitter } from 'node:events';
import { saidBy, text, words, WorkflowError, type Said } from '../../text';
import { loadRedis, type Load, type RedisPackages } from './packages';
import { scripted, type ScriptedClient } from './scripts';
import type { RedisPace, RedisSettings } from './settings';

/** Of what Redis may use, that much is left for the runs of what waits. */
const MOST_USED = 0.9;

/** After so much of it has come in from here, it is looked how much is used. */
const LOOK_AFTER = 0.02;

/** What the scripts need. */
const LEAST_VERSION = [6, 2];

/** Longest pause between two attempts to connect, in milliseconds. */
const MOST_PAUSE_MS = 2000;

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
  readonly packages: RedisPackages;
  /** Fails when Redis is away. */
  readonly hasty: ScriptedClient;
  /** Waits until Redis is back. */
  readonly patient: ScriptedClient;
  /** Waits for what others tell. */
  readonly waiting: ScriptedClient;
  /** Since when it has been there, in milliseconds since 1970; undefined while it is not. */
  since: number | undefined;
  private latest = '';
  private trouble: string | undefined;
  private readonly told = new Set<string>();
  private isClosed = false;
  /** What Redis may use, and what has come in from here since it was looked; in bytes. */
  private memory = 0;
  private comeIn = 0;
  private looking: Promise<void> | undefined;

  /** @throws {WorkflowError} if the packages are missing */
  constructor(
    private readonly settings: RedisSettings,
    pace: RedisPace,
    load?: Load,
  ) {
    super();
    this.packages = loadRedis(load);
    const { host, port, user, password, tls } = settings;
    const options = {
      ...{ host, port, connectionName: 'misp-workflows', connectTimeout: 5000 },
      ...(user === '' ? {} : { username: user }),
      ...(password === '' ? {} : { password }),
      ...(tls
        ? { tls: { ...tls, verify: undefined, rejectUnauthorized: tls.verify, servername: host } }
        : {}),
      retryStrategy: (times: number) => Math.min(times * 100, MOST_PAUSE_MS),
    };
    this.hasty = this.client({
      ...options,
      ...{ maxRetriesPerRequest: 0, enableOfflineQueue: false, autoResendUnfulfilledCommands: false },
      commandTimeout: pace.answerMs,
    });
    const patience = { maxRetriesPerRequest: null, enableOfflineQueue: true };
    this.patient = this.client({ ...options, ...patience, autoResendUnfulfilledCommands: true });
    this.waiting = this.client({ ...options, ...patience, autoResendUnfulfilledCommands: true });
    this.hasty.on('ready', () => void this.look());
    this.hasty.on('close', () => this.onClose());
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
    if (message.startsWith('OOM')) return text('redis.full', { where });
    return this.hasty.status === 'ready'
      ? text('redis.refused', { where, problem: saidBy(error) })
      : this.away(error as Error);
  }

  close(): void {
    this.isClosed = true;
    this.hasty.disconnect();
    this.patient.disconnect();
    this.waiting.disconnect();
  }

  private client(options: ConstructorParameters<RedisPackages['Redis']>[0]): ScriptedClient {
    const client = scripted(new this.packages.Redis(options));
    client.on('error', (error) => (this.latest = error.message));
    return client;
  }

  private onClose(): void {
    this.since = undefined;
    if (this.isClosed) return;
    this.setTrouble(this.away());
  }

  private away(error?: Error): Said {
    const said = error && !OWN_WORDS.test(error.message) ? error.message : this.latest;
    const problem = said === '' ? text('redis.closed') : said.split('\n')[0];
    return text('redis.away', { where: this.where, problem });
  }

  private troubleIn(about: Record<string, string>): Said | undefined {
    const { where } = this;
    const version = (about.valkey_version || about.redis_version) ?? '';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1]))
      return text('redis.old', { where, version });
    if (about.role === 'slave') return text('redis.replica', { where });
    const [most, used] = [Number(about.maxmemory), Number(about.used_memory)];
    return most > 0 && used > most * MOST_USED ? text('redis.full', { where }) : undefined;
  }

  /** Each once. */
  private warn(about: Record<string, string>): void {
    const { where } = this;
    const notices = [
      ...(about.maxmemory_policy === 'noeviction' ? [] : [text('redis.evicts', { where })]),
      ...(about.aof_enabled === '1' ? [] : [text('redis.notOnDisk', { where })]),
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
