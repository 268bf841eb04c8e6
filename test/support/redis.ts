import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { QueueLimits, TakenRequest } from '../../src/queue/queue';
import type { RedisQueue as Kept } from '../../src/store/redis-queue';
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

/** A process that is dead is known to be so soon. */
export const HASTE: RedisPace = {
  ...REDIS_PACE,
  ...{ lockMs: 1500, stalledMs: 200, beatMs: 200, enteringMs: 600, answerMs: 1000 },
};

/** Whether there is a Redis to test with. */
export function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('        left out: redis-server is not installed');
    return false;
  }
}

/** A Redis of a test's own. */
export class RedisServer {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'misp-redis-'));
  private process: ChildProcess | undefined;
  port = 0;

  /** @param options of redis-server, such as `['--maxmemory', '4mb']` */
  constructor(private readonly options: readonly string[] = []) {}

  get settings(): RedisSettings {
    return { host: '127.0.0.1', port: this.port, user: '', password: '', prefix: 'test' };
  }

  async start(): Promise<this> {
    this.port ||= await freePort();
    const options = [
      '--save',
      '',
      '--appendonly',
      'yes',
      '--maxmemory-policy',
      'noeviction',
      ...this.options,
    ];
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    this.process = spawn('redis-server', [...own, ...options], { stdio: 'ignore' });
    while ((await this.say('PING').catch(() => '')) === '') await settled(20);
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

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @returns the first of what it answers */
  say(...command: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.port, '127.0.0.1');
      socket.on('error', reject);
      socket.on('data', (data) => {
        resolve(String(data));
        socket.destroy();
      });
      const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
      socket.write(`*${command.length}\r\n${parts.join('')}`);
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
