import { fork } from 'node:child_process';
import path from 'node:path';
import type { Command } from './node-red-child';
import type { FlowNode } from './node-red';

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
  deploy(flow: FlowNode[], credentials: Record<string, object>, how?: string): Promise<void>;
  memory(): Promise<Memory>;
  /** A clean shut-down. */
  stop(): Promise<void>;
  kill(): void;
}

export async function forkNodeRed(): Promise<NodeRedProcess> {
  const child = fork(path.join(__dirname, 'node-red-child.ts'), [], {
    execArgv: ['--require', 'tsx/cjs', '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
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
  await answer();
  return {
    pid: child.pid as number,
    async deploy(flow, credentials, how = 'full') {
      await send({ type: 'deploy', flow, credentials, how });
    },
    memory: () => send({ type: 'memory' }) as Promise<Memory>,
    async stop() {
      await send({ type: 'stop' });
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
