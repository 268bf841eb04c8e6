import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { credentials, ifTag, listener, tab, trigger } from '../test/support/flows';
import { Fire } from '../test/support/kills-fire';
import { freePort, listening } from '../test/support/misp';
import { forkNodeRed, type NodeRedProcess } from '../test/support/node-red-process';
import { hasRedis, RedisServer } from '../test/support/redis';
import { emptied, inRedis } from '../test/support/redis-kills';
import { carried } from './carried';
import { spentBy, spentSince, type Spent } from './processor';

/**
 * `npm run bench:scale`: what one, two and three Node-REDs on one Redis accept and run, side by side in one run, what that
 * costs each of them, and from that what more of them would carry on processors of their own.
 */
const COUNTS = [1, 2, 3];
const BYTES = 30 * 1024;
const MOST_COMPUTED = 8;

/** Node-REDs with a Redis of their own. */
interface Group {
  redis: RedisServer;
  ports: number[];
  nodeReds: NodeRedProcess[];
}

/** Processor time per request is in milliseconds. */
interface Measured {
  perSecond: number;
  /** Of all Node-REDs together, for the requests that all had. */
  nodeRed: number;
  /** Of it, in that thread of each that has the most to do. */
  busiest: number;
  redis: number;
  /** Of it, in the thread that does what it is told. */
  redisBusiest: number;
  /** Who asks, and counts. */
  asking: number;
  /** Of one second, how many of all processors were busy with this. */
  cores: number;
  refused: number;
}

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '5' },
    'at-once': { type: 'string', default: '50' },
    fsync: { type: 'string', default: 'everysec' },
    json: { type: 'string' },
  },
});

async function main(): Promise<void> {
  if (!hasRedis()) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'misp-scale-'));
  const groups: Group[] = [];
  try {
    for (const count of COUNTS) groups.push(await begun(count, path.join(folder, String(count))));
    const found = groups.map((): Measured[] => []);
    // Nothing is compiled yet.
    for (const group of groups) await measured(group, Math.min(300, Number(options.requests)));
    for (let round = 1; round <= Number(options.rounds); round++) {
      // Interleaved: within a round every group meets the same state of the machine.
      for (const [index, group] of groups.entries())
        found[index].push(await measured(group, Number(options.requests)));
      console.error(`round ${round} of ${options.rounds}`);
    }
    report(found.map(medians));
  } finally {
    for (const { nodeReds, redis } of groups) {
      for (const nodeRed of nodeReds) nodeRed.kill();
      await Promise.all(nodeReds.map(({ ended }) => ended));
      await redis.remove();
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A decision, and nothing behind it; one after another for each event. */
const flow = (port: number, redis: RedisServer) => [
  ...[tab, listener(port), inRedis(redis)],
  trigger(['if'], {
    ...{ version: 3, trigger: 'event-after-save', module: 'stored', intake: 'stored' },
    ...{ inOrder: true, mostRuns: 1_000_000 },
  }),
  ifTag('if', 'tlp:red', []),
];

async function begun(count: number, folder: string): Promise<Group> {
  const redis = await new RedisServer(['--appendfsync', options.fsync]).start();
  const group: Group = { redis, ports: [], nodeReds: [] };
  for (let index = 0; index < count; index++) {
    const [port, userDir] = [await freePort(), path.join(folder, String(index))];
    const nodeRed = await forkNodeRed({ userDir });
    group.nodeReds.push(nodeRed);
    group.ports.push(port);
    await nodeRed.deploy(flow(port, redis), credentials);
    await listening(port);
  }
  return group;
}

/** Sends requests until all were told, and waits until those that were accepted have run. */
async function measured({ redis, ports, nodeReds }: Group, requests: number): Promise<Measured> {
  const fire = new Fire(ports, {
    requests,
    sizes: [BYTES, BYTES],
    atOnce: Number(options['at-once']),
    events: 4,
  });
  const [began, own] = [performance.now(), process.cpuUsage()];
  const pids = [redis.pid, ...nodeReds.map(({ pid }) => pid)];
  const before = pids.map(spent);
  await fire.all();
  fire.close();
  const left = await emptied(redis);
  if (left !== 0) throw new Error(`${left} requests were not run`);
  const seconds = (performance.now() - began) / 1000;
  const [ofRedis, ...each] = pids.map((pid, index) => spentSince(before[index], spent(pid)));
  const { user, system } = process.cpuUsage(own);
  const accepted = fire.accepted.size;
  if (accepted === 0) throw new Error(`Nothing was accepted: ${[...fire.refused.values()][0]}`);
  const [all, busiest] = [sum(each.map(({ all }) => all)), sum(each.map(({ busiest }) => busiest))];
  const asking = (user + system) / 1000;
  return {
    perSecond: accepted / seconds,
    ...{ nodeRed: all / accepted, busiest: busiest / accepted },
    ...{ redis: ofRedis.all / accepted, redisBusiest: ofRedis.busiest / accepted },
    asking: asking / accepted,
    cores: (all + ofRedis.all + asking) / 1000 / seconds,
    refused: fire.refused.size,
  };
}

function spent(pid: number): Spent {
  const found = spentBy(pid);
  if (!found) throw new Error('The system does not tell what a process has spent: this needs Linux');
  return found;
}

const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);

function medians(all: Measured[]): Measured {
  const names = Object.keys(all[0]) as (keyof Measured)[];
  const middle = (name: keyof Measured) =>
    all.map((one) => one[name]).sort((a, b) => a - b)[Math.floor(all.length / 2)];
  return Object.fromEntries(names.map((name) => [name, middle(name)])) as unknown as Measured;
}

function report(found: Measured[]): void {
  const cores = os.cpus().length;
  const { requests, rounds, fsync } = options;
  console.log(`
Requests of 30 KB that MISP does not wait for, one after another for each event, one Redis (appendfsync ${fsync});
medians of ${rounds} rounds of ${requests}. This machine has ${cores} processors: Node-REDs, Redis and whoever asks
share them, so what is measured does not grow with the number of Node-REDs beyond that.

| Node-REDs | accepted and run, per second | Node-RED, ms a request | its busiest thread, ms | Redis, ms | its busiest thread, ms | who asks, ms | processors busy | refused |
| --------- | ---------------------------- | ---------------------- | ----------------------- | --------- | ---------------------- | ------------ | --------------- | ------- |`);
  for (const [index, one] of found.entries()) {
    const values = [one.nodeRed, one.busiest, one.redis, one.redisBusiest, one.asking].map((value) =>
      value.toFixed(2),
    );
    const cells = [COUNTS[index], Math.round(one.perSecond), ...values, one.cores.toFixed(1), one.refused];
    console.log(`| ${cells.join(' | ')} |`);
  }
  // Its costs have those of sharing in them.
  const { table, first } = carried(found.at(-1)!, MOST_COMPUTED);
  console.log(`
Computed from the costs of ${COUNTS.at(-1)} Node-REDs, not measured: each Node-RED and Redis with processors of their own for all
their threads, of which the busiest has work for four fifths of the time.

| Node-REDs | carry, per second | of Redis's processor | processors that they need, all together |
| --------- | ----------------- | -------------------- | --------------------------------------- |`);
  for (const { count, perSecond, redis, processors } of table)
    console.log(
      `| ${count} | ${Math.round(perSecond)} | ${Math.round(redis * 100)} % | ${processors.toFixed(1)} |`,
    );
  console.log(
    `\nUp to ${Math.max(1, first)} of them, the first limit is the busiest thread of each Node-RED; then it is that of Redis, whoever is added.`,
  );
  if (!options.json) return;
  const env = {
    node: process.version,
    cpus: cores,
    cpu: os.cpus()[0]?.model,
    ...{ requests, rounds, fsync },
  };
  const measured = found.map((one, index) => ({ nodeReds: COUNTS[index], ...one }));
  writeFileSync(options.json, `${JSON.stringify({ env, measured, computed: table, first }, null, 2)}\n`);
}

void main();
