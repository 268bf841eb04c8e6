import { fork } from 'node:child_process';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import type { Command } from './node-red-child';
import { root, type FlowNode } from './node-red';

export interface Memory {
  rss: number;
  heapUsed: number;
  external: number;
  arrayBuffers: number;
  /** Warnings and errors since the last time. */
  log: string[];
}

/** A Node-RED in a process of its own, so that what it does to its main thread does not reach the test. */
export interface NodeRedProcess {
  pid: number;
  /** The process is gone. */
  ended: Promise<unknown>;
  /** Node-RED has started. */
  ready(): Promise<void>;
  deploy(flow: FlowNode[], credentials: Record<string, object>, how?: string): Promise<void>;
  memory(): Promise<Memory>;
  /** Starts or stops the flows, as the editor's menu does. */
  setState(state: 'start' | 'stop'): Promise<void>;
  /** What stands under the nodes, by their ids. */
  statuses(): Promise<Record<string, { fill?: string; text?: string }>>;
  /** A clean shut-down. */
  stop(): Promise<void>;
  /** The process ends itself, as `process.exit` of a flow does. */
  exit(): Promise<void>;
  kill(): void;
}

export interface ForkOptions {
  /** A user folder that outlives the process. */
  userDir?: string;
  execArgv?: string[];
  env?: NodeJS.ProcessEnv;
  /** Settings of Node-RED. */
  settings?: object;
  /** Without the built package. */
  bare?: boolean;
  /** Of its HTTP server. */
  port?: number;
  /** Do not wait until Node-RED has started. */
  atOnce?: boolean;
}

let program: string | undefined;

/** The program of such a process as one file of JavaScript: looking through all of Node-RED for TypeScript takes long. */
function compiled(): string {
  if (program) return program;
  // As deep as its source, which looks for files from where it is.
  program = path.join(root, 'test/.built/node-red-child.cjs');
  const own = `${program}.${process.pid}`;
  const entry = path.join(__dirname, 'node-red-child.ts');
  buildSync({ entryPoints: [entry], outfile: own, bundle: true, platform: 'node', packages: 'external' });
  // Another process may be starting it.
  renameSync(own, program);
  return program;
}

export async function forkNodeRed(options: ForkOptions = {}): Promise<NodeRedProcess> {
  const { userDir, execArgv = [], env = {}, atOnce = false, settings = {}, bare = false, port } = options;
  const child = fork(compiled(), [], {
    execArgv: ['--expose-gc', ...execArgv],
    env: {
      ...process.env,
      ...env,
      ...(userDir ? { MISP_TEST_USER_DIR: userDir } : {}),
      MISP_TEST_OPTIONS: JSON.stringify({ settings, bare, port }),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const answer = () =>
    new Promise<unknown>((resolve, reject) => {
      const ended = () => reject(new Error('Node-RED ended'));
      child.once('exit', ended);
      child.once('message', (message: { result: unknown }) => {
        child.off('exit', ended);
        resolve(message.result);
      });
    });
  const send = (command: Command) => {
    const result = answer();
    child.send(command);
    return result;
  };
  const ready = answer();
  ready.catch(() => undefined); // a process that is killed while it starts
  if (!atOnce) await ready;
  return {
    ready: () => ready.then(() => undefined),
    pid: child.pid as number,
    ended,
    async deploy(flow, credentials, how = 'full') {
      await send({ type: 'deploy', flow, credentials, how });
    },
    memory: () => send({ type: 'memory' }) as Promise<Memory>,
    async setState(state) {
      await send({ type: 'state', state });
    },
    statuses: () => send({ type: 'statuses' }) as ReturnType<NodeRedProcess['statuses']>,
    async stop() {
      await send({ type: 'stop' });
    },
    async exit() {
      await send({ type: 'exit' }).catch(() => undefined);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
