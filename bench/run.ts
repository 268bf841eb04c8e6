import { fork, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../test/support/misp';
import { hasRedis, RedisServer } from '../test/support/redis';
import { BODIES, type BodyName } from './bodies';
import { idle } from './idle';
import { spentBy } from './processor';

const CASES = ['bare', 'http-in', 'ours', 'ours-unrecorded', 'accepted', 'accepted-stored'] as const;
/** Only where there is a redis-server; how it is told to write. */
const REDIS_CASES: Readonly<Record<string, string>> = {
  'accepted-redis': 'everysec',
  'accepted-redis-always': 'always',
};
const CONNECTIONS = [1, 10, 100];
const RATIOS: [string, string][] = [
  ['ours', 'http-in'],
  ['ours', 'bare'],
  ['ours', 'ours-unrecorded'],
  ['accepted-stored', 'accepted'],
  ['accepted-redis', 'accepted'],
  ['accepted-redis-always', 'accepted'],
];
const SECONDS = 2;

interface Served {
  port: number;
  process: ChildProcess;
  redis?: RedisServer;
}
interface Measurement {
  rps: number;
  p50: number;
  p99: number;
  failed: number;
}
interface Result {
  name: string;
  body: BodyName;
  connections: number;
  rps: number[];
  p50: number[];
  p99: number[];
  /** Milliseconds of the processor for each answer, with what is done later for it. */
  cpu: number[];
  invalid: boolean;
}

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
    body: { type: 'string' },
    connections: { type: 'string' },
  },
});

async function main(): Promise<void> {
  const all = [...CASES, ...(hasRedis() ? Object.keys(REDIS_CASES) : [])];
  const names = options.only ? options.only.split(',') : all;
  const results = plan(names);
  const servers = new Map<string, Served>();
  for (const name of names) servers.set(name, await start(name));
  for (let round = 1; round <= Number(options.rounds); round++) {
    // Interleaved: within a round every case meets the same state of the machine.
    for (const result of results) {
      const { port, process } = servers.get(result.name) as Served;
      const pid = process.pid as number;
      const before = spentBy(pid)?.all ?? NaN;
      const measured = await measure(port, result);
      await idle(pid);
      record(result, measured, (spentBy(pid)?.all ?? NaN) - before);
    }
    console.error(`round ${round} of ${options.rounds}`);
  }
  for (const { process, redis } of servers.values()) {
    process.kill('SIGKILL');
    await redis?.remove();
  }
  report(results, options.only ? [] : await logic());
}

/** The cost of decisions, in a process of its own on the built code; it prints its lines itself. */
function logic(): Promise<object[]> {
  const child = fork(path.join(__dirname, 'logic.mjs'), [], { execArgv: ['--expose-gc'] });
  return new Promise((resolve) => child.once('message', (message) => resolve(message as object[])));
}

function plan(names: string[]): Result[] {
  const wanted = options.body?.split(',') ?? BODIES;
  const sizes = BODIES.filter((body) => wanted.includes(body));
  if (sizes.length < wanted.length) throw new Error(`--body takes ${BODIES.join(' and ')}`);
  const counts = options.connections ? options.connections.split(',').map(Number) : CONNECTIONS;
  return sizes.flatMap((body) =>
    counts.flatMap((connections) =>
      names.map((name) => ({
        name,
        body,
        connections,
        ...{ rps: [], p50: [], p99: [], cpu: [] },
        invalid: false,
      })),
    ),
  );
}

async function start(name: string): Promise<Served> {
  const port = await freePort();
  const fsync = Object.hasOwn(REDIS_CASES, name) ? REDIS_CASES[name] : undefined;
  const redis = fsync && (await new RedisServer(['--appendfsync', fsync]).start());
  const file =
    name === 'bare'
      ? ['bare.ts', String(port)]
      : ['node-red.ts', name, String(port), ...(redis ? [String(redis.port)] : [])];
  const child = forked(file);
  await new Promise((resolve) => child.once('message', resolve));
  return { port, process: child, ...(redis ? { redis } : {}) };
}

function measure(port: number, { name, body, connections }: Result): Promise<Measurement> {
  const child = forked(['load.ts', String(port), body, String(connections), String(SECONDS), name]);
  return new Promise((resolve) => child.once('message', (message) => resolve(message as Measurement)));
}

function forked([file, ...rest]: string[]): ChildProcess {
  return fork(path.join(__dirname, file), rest, {
    execArgv: ['--require', 'tsx/cjs'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function record(result: Result, { rps, p50, p99, failed }: Measurement, spentMs: number): void {
  result.rps.push(Math.round(rps));
  result.p50.push(p50);
  result.p99.push(p99);
  result.cpu.push(rounded(spentMs / (rps * SECONDS)));
  if (failed > 0) result.invalid = true;
}

function report(results: Result[], logic: object[]): void {
  const cases = results.map(({ p50, p99, cpu, ...rest }) => ({
    ...rest,
    ...{ p50: median(p50), p99: median(p99), cpu: median(cpu) },
  }));
  const ratios = RATIOS.flatMap(([of, to]) => ratiosOf(results, of, to));
  for (const entry of cases) {
    const rps = median(entry.rps);
    const state = entry.invalid ? '  INVALID: wrong answers' : '';
    console.log(
      `${entry.body.padEnd(5)} ${String(entry.connections).padStart(3)} connections  ${entry.name.padEnd(21)} ${String(rps).padStart(6)}/s  p50 ${entry.p50} ms  p99 ${entry.p99} ms  processor ${entry.cpu} ms${state}`,
    );
  }
  for (const { of, to, body, connections, median: middle, min, max } of ratios) {
    console.log(`${of} / ${to}, ${body}, ${connections} connections: ${middle} (${min} to ${max})`);
  }
  const env = {
    node: process.version,
    cpus: os.cpus().length,
    cpu: os.cpus()[0]?.model,
    rounds: Number(options.rounds),
  };
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ env, cases, ratios, logic }, null, 2)}\n`);
  if (results.some((result) => result.invalid)) process.exitCode = 1;
}

function ratiosOf(results: Result[], of: string, to: string) {
  return results
    .filter((result) => result.name === of)
    .flatMap((result) => {
      const other = results.find(
        ({ name, body, connections }) =>
          name === to && body === result.body && connections === result.connections,
      );
      if (!other) return [];
      const ratios = result.rps.map((rps, round) => rps / other.rps[round]);
      const { body, connections } = result;
      return [
        {
          of,
          to,
          body,
          connections,
          median: rounded(median(ratios)),
          min: rounded(Math.min(...ratios)),
          max: rounded(Math.max(...ratios)),
        },
      ];
    });
}

const rounded = (value: number) => Math.round(value * 100) / 100;

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

void main();
