import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { credentials } from './flows';
import { counted, quiet, writingFlow, type KillsResult } from './kills';
import { Fire, sleep, type Salvo } from './kills-fire';
import { freePort, listening } from './misp';
import type { FlowNode } from './node-red';
import { forkNodeRed, type NodeRedProcess } from './node-red-process';
import { RedisServer } from './redis';

export interface RedisKills extends Salvo {
  /** Node-REDs that share a Redis. */
  processes: number;
  /** How often one of them is killed and started again. */
  kills: number;
  /** How often Redis is. */
  redisKills: number;
  /** How long a process is silent until it is taken for dead, in seconds. */
  deadAfter: number;
}

export interface RedisKillsResult extends Omit<KillsResult, 'notOpened' | 'notRefused'> {
  /** Runs that came after a later one of their event. */
  outOfOrder: number;
  perSecond: number;
}

/** A store that keeps accepted requests in a Redis. */
export const inRedis = ({ port }: RedisServer, more: object = {}): FlowNode => ({
  ...{ id: 'store', type: 'misp-store', place: 'redis', redisPort: port, keep: 'memory' },
  ...more,
});

/** Sends requests that MISP does not wait for to several Node-REDs on one Redis while they and it are killed, and counts. */
export async function fireAtSeveral(asked: RedisKills): Promise<RedisKillsResult> {
  const { processes, kills, redisKills, deadAfter, ...salvo } = asked;
  const folder = mkdtempSync(path.join(tmpdir(), 'misp-several-'));
  const file = path.join(folder, 'runs.txt');
  const redis = await new RedisServer(['--appendfsync', 'always']).start();
  const several: { nodeRed: NodeRedProcess; userDir: string }[] = [];
  const began = performance.now();
  try {
    // They are no loop, however often they tell of one event.
    const more = { inOrder: salvo.events !== undefined, mostRuns: 1_000_000 };
    const ports: number[] = [];
    for (let index = 0; index < processes; index++) {
      const [port, userDir] = [await freePort(), path.join(folder, String(index))];
      const nodeRed = await forkNodeRed({ userDir });
      const flow = [...writingFlow(port, file, more), inRedis(redis, { deadAfter })];
      await nodeRed.deploy(flow, credentials);
      await listening(port);
      ports.push(port);
      several.push({ nodeRed, userDir });
    }
    const fire = new Fire(ports, salvo);
    const fired = performance.now();
    const killing = killInTurn(several, redis, fire, { kills, redisKills, requests: salvo.requests });
    await Promise.all([fire.all(), killing]);
    await Promise.all(several.map(({ nodeRed }) => nodeRed.ready()));
    const perSecond = Math.round((1000 * fire.accepted.size) / (performance.now() - fired));
    const left = await emptied(redis);
    await quiet(file);
    fire.close();
    await Promise.all(several.map(({ nodeRed }) => nodeRed.stop()));
    const seconds = (performance.now() - began) / 1000;
    return { ...counted(fire, file), outOfOrder: outOfOrder(fire, file), seconds, left, perSecond };
  } finally {
    for (const { nodeRed } of several) nodeRed.kill();
    await redis.remove();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function killInTurn(
  several: { nodeRed: NodeRedProcess; userDir: string }[],
  redis: RedisServer,
  fire: Fire,
  { kills, redisKills, requests }: { kills: number; redisKills: number; requests: number },
): Promise<void> {
  const all = kills + redisKills;
  for (let index = 0; index < all; index++) {
    const at = ((index + 0.5 + Math.random() * 0.3) / all) * requests * 0.95;
    while (fire.settled < at && !fire.isOver) await sleep(5);
    // Redis dies between two Node-REDs.
    if (redisKills > 0 && index === Math.floor(all / 2)) {
      redisKills--;
      await redis.stop();
      await sleep(500);
      await redis.start();
      continue;
    }
    const one = several[index % several.length];
    await one.nodeRed.ready();
    one.nodeRed.kill();
    await one.nodeRed.ended;
    one.nodeRed = await forkNodeRed({ userDir: one.userDir, atOnce: true });
  }
}

/** So long nothing more of what is kept has run, in milliseconds: it never will. */
const STUCK_MS = 60_000;

/** Waits until nothing is kept any more. @returns what is left all the same */
export async function emptied(redis: RedisServer): Promise<number> {
  let left = Infinity;
  for (let end = Date.now() + STUCK_MS; left !== 0 && Date.now() < end; await sleep(100)) {
    const [, count = '0'] =
      /\$\d+\r\n(-?\d+)/.exec(await redis.say('HGET', 'misp-workflows:totals', 'count')) ?? [];
    if (Number(count) < left) end = Date.now() + STUCK_MS;
    left = Number(count);
  }
  return left;
}

/** Of one event a run may come again, but never before an earlier one. */
function outOfOrder(fire: Fire, file: string): number {
  const latest = new Map<string, number>();
  let wrong = 0;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const number = Number.parseInt(line);
    const event = fire.events.get(number);
    if (event === undefined) continue;
    if (number < (latest.get(event) ?? -1)) wrong++;
    else latest.set(event, number);
  }
  return wrong;
}
