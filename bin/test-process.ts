import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunRecord } from '../src/history/record';
import type { FlowForTests, Place } from '../src/replay/flow-for-tests';
import { text, words, WorkflowError } from '../src/text';

/** What the process that runs Node-RED is told. */
export interface TestStart {
  /** The file that Node-RED is loaded from. */
  nodeRed: string;
  /** The folder whose packages the flow uses. */
  userDir: string;
  /** An empty one for what Node-RED writes. */
  folder: string;
  flow: FlowForTests['nodes'];
  credentials: FlowForTests['credentials'];
  /** What the tests show to be let in. */
  token: string;
}

/** What it tells. */
export type TestStarted = { url: string } | { problem: string };

/** A Node-RED of its own, with the flow. */
export interface TestNodeRed {
  /** Runs a test through the flow as dry run. @returns what happened, or why it could not be run */
  replay(trigger: string, test: string, timeout: number): Promise<RunRecord | string>;
  stop(): Promise<void>;
}

/** How long a flow that is busy is waited for at the end, in milliseconds. */
const STOP_MS = 2000;

/** Where Node-RED is: at the path given, or as seen from here, from the user folder, or installed for all. */
export function findNodeRed(given: string | undefined, userDir: string): string {
  if (given !== undefined) {
    const folder = path.resolve(given);
    const [file] = [folder, path.join(folder, 'lib/red.js')].filter((one) => isModule(one));
    if (file) return createRequire(path.join(folder, 'x')).resolve(folder);
    throw new WorkflowError('command.testNoNodeRed', { place: given });
  }
  const forAll = path.join(path.dirname(process.execPath), '../lib/node_modules/node-red/x');
  for (const from of [process.cwd(), path.resolve(userDir), __dirname]) {
    try {
      return createRequire(path.join(from, 'x')).resolve('node-red');
    } catch {
      // The next place.
    }
  }
  if (existsSync(path.dirname(forAll))) return createRequire(forAll).resolve(path.dirname(forAll));
  throw new WorkflowError('command.testNoNodeRed', { place: process.cwd() });
}

function isModule(place: string): boolean {
  try {
    createRequire(path.join(place, 'x')).resolve(place);
    return true;
  } catch {
    return false;
  }
}

/** Ports that are free, each with a password. */
export async function freePlaces(count: number): Promise<Place[]> {
  const servers = Array.from({ length: count }, () => net.createServer());
  const places = await Promise.all(
    servers.map(
      (server) =>
        new Promise<Place>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const { port } = server.address() as net.AddressInfo;
            resolve({ port, password: randomBytes(24).toString('hex') });
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return places;
}

/** Starts Node-RED in a process of its own: whatever the flow does there, it cannot say that a test passed. */
export async function startNodeRed(start: Omit<TestStart, 'token' | 'folder'>): Promise<TestNodeRed> {
  const token = randomBytes(24).toString('hex');
  const folder = mkdtempSync(path.join(tmpdir(), 'node-red-misp-test-'));
  // What the flow writes to its standard output is no result.
  const child = fork(path.join(__dirname, 'test-node-red.js'), [], { stdio: ['ignore', 2, 2, 'ipc'] });
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', () => {
      rmSync(folder, { recursive: true, force: true });
      reject(new WorkflowError('command.testEnded'));
    });
    child.once('error', reject);
  });
  ended.catch(() => undefined);
  child.send({ ...start, token, folder } satisfies TestStart);
  const started = await Promise.race([
    new Promise<TestStarted>((resolve) => child.once('message', (told) => resolve(told as TestStarted))),
    ended,
  ]);
  if ('problem' in started) {
    child.kill('SIGKILL');
    throw new Error(started.problem);
  }
  return {
    async stop() {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      if (child.connected) child.disconnect();
      await ended.catch(() => clearTimeout(late));
    },
    replay: (trigger, test, timeout) =>
      Promise.race([
        ask(`${started.url}/misp-workflows/triggers/${trigger}/replay`, token, test, timeout),
        ended,
      ]),
  };
}

async function ask(url: string, token: string, test: string, timeout: number): Promise<RunRecord | string> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ acts: false, text: test }),
      signal: AbortSignal.timeout(timeout * 1000),
    });
    if (response.status === 404) return words(text('command.testNotSetUp'));
    if (response.status === 413) return words(text('runs.inputTooLarge'));
    const { record, problem } = (await response.json()) as { record?: RunRecord; problem?: string };
    return record ?? problem ?? words(text('command.testNotSetUp'));
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return words(text('command.testTooLate', { timeout }));
    // The process may have ended: that is told by the one who waits for it.
    await new Promise((resolve) => setTimeout(resolve, 500));
    return error instanceof Error ? error.message : String(error);
  }
}
