import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { QueueLimits, TakenRequest } from '../../src/queue/queue';
import type { RedisQueue as Kept } from '../../src/store/redis-queue';
import type { RedisStore as KeptRuns } from '../../src/store/redis-store';
import { REDIS_PACE, type RedisPace, type RedisSettings } from '../../src/store/redis/settings';
import { words } from '../../src/text';
import { freePort } from './misp';
import { root } from './node-red';
import { DEFAULT_QUEUE, settled } from './queue';

/** The built queue: its thread is a file of its own. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the sources have types alone
export const { RedisQueue } = require(path.join(root, 'dist/src/store/redis-queue')) as {
  RedisQueue: typeof Kept;
};

/** The built store of runs. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the sources have types alone
export const { RedisStore } = require(path.join(root, 'dist/src/store/redis-store')) as {
  RedisStore: typeof KeptRuns;
};

/** A process that is dead is known to be so soon. */
export const HASTE: RedisPace = {
  ...REDIS_PACE,
  ...{ lockMs: 1500, stalledMs: 200, beatMs: 200, enteringMs: 600, answerMs: 1000 },
};

/** What is started: `REDIS_SERVER=valkey-server` tests with Valkey, or with another Redis than the installed one. */
const SERVER = process.env.REDIS_SERVER ?? 'redis-server';

/** Whether there is a Redis to test with. */
export function hasRedis(): boolean {
  try {
    execFileSync(SERVER, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`        left out: ${SERVER} is not installed`);
    return false;
  }
}

/** A Redis of a test's own. */
export class RedisServer {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'misp-redis-'));
  private process: ChildProcess | undefined;
  port = 0;

  /**
   * @param options of redis-server, such as `['--maxmemory', '4mb']`
   * @param password with which `say` logs in, if it is to
   */
  constructor(
    private readonly options: readonly string[] = [],
    private readonly password = '',
  ) {}

  get pid(): number {
    return this.process?.pid ?? 0;
  }

  get settings(): RedisSettings {
    return { host: '127.0.0.1', port: this.port, user: '', password: '', prefix: 'test' };
  }

  async start(): Promise<this> {
    this.port ||= await freePort();
    const options = [
      ...['--save', '', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'],
      // Else what it has answered may not be written yet when it is killed.
      ...['--appendfsync', 'always', ...this.options],
    ];
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    this.process = spawn(SERVER, [...own, ...options], { stdio: 'ignore' });
    while ((await this.say('PING').catch(() => '')) === '') {
      const { exitCode } = this.process;
      if (exitCode !== null) throw new Error(`${SERVER} ended with ${exitCode}: ${this.options.join(' ')}`);
      await settled(20);
    }
    return this;
  }

  /** Ends it, by force if not told otherwise. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (!process || process.exitCode !== null) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    // One that is halted does not hear anything else.
    process.kill('SIGCONT');
    process.kill(signal);
    await ended;
  }

  /** Lets it be, or go on: it answers nothing meanwhile. */
  halt(isHalted: boolean): void {
    this.process?.kill(isHalted ? 'SIGSTOP' : 'SIGCONT');
  }

  /** It has written its file anew if it was to. Killed before, it would leave what it has written so far. */
  async rewritten(): Promise<void> {
    const isWriting = async () =>
      /aof_rewrite_(in_progress|scheduled):1/.test(await this.say('INFO', 'persistence'));
    // Old files go a moment later.
    do await settled(100);
    while (await isWriting());
  }

  /** All that stands in its files. */
  async bytes(): Promise<Buffer> {
    await this.rewritten();
    const files = readdirSync(this.folder, { recursive: true, withFileTypes: true });
    const names = files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
    return Buffer.concat(names.map((name) => readFileSync(name)));
  }

  async remove(): Promise<void> {
    await this.stop();
    // What it had begun to write anew may be written for another moment.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  /** @returns the first of what it answers */
  say(...command: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.port, '127.0.0.1');
      const send = (words: string[]) => {
        const parts = words.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
        socket.write(`*${words.length}\r\n${parts.join('')}`);
      };
      let isLoggedIn = this.password === '';
      socket.on('error', reject);
      socket.on('data', (data) => {
        if (!isLoggedIn) {
          isLoggedIn = true;
          return send(command);
        }
        resolve(String(data));
        socket.destroy();
      });
      send(isLoggedIn ? command : ['AUTH', this.password]);
    });
  }
}

/** A queue in Redis, what it gives out, and what it says. */
export async function openedRedisQueue(
  settings: RedisSettings,
  limits: Partial<QueueLimits> = {},
  pace: RedisPace = HASTE,
) {
  const queue = new RedisQueue(settings, { ...DEFAULT_QUEUE, ...limits }, pace);
  queue.setMaxListeners(0);
  const taken: TakenRequest[] = [];
  const notices: string[] = [];
  queue.on('taken', (request) => taken.push(request));
  const heard: { news: string; ageMs: number }[] = [];
  queue.on('notice', (notice) => notices.push(words(notice)));
  queue.on('shared', (news, ageMs) => heard.push({ news, ageMs }));
  queue.setPlaces('listener', { runs: 10, bytes: 1024 * 1024 });
  while (queue.current.state === 'opening') await settled(5);
  return { queue, taken, notices, heard };
}
