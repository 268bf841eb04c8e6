import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { answerLogins, type PlainLogin } from '../../src/zmq/zap';
import { loadZeroMq, type PublisherSocket } from '../../src/zmq/zeromq';
import { root } from './node-red';

/** MISP's recorded frames, by name: topic and what was done. */
export const frames = JSON.parse(
  readFileSync(path.join(root, 'test/fixtures/zmq/frames.json'), 'utf8'),
) as Record<string, string>;

/** A publisher as MISP's is one. */
export interface TestPublisher {
  address: string;
  send(frame: string | Buffer): Promise<void>;
  stop(): Promise<void>;
}

/** Binds a publisher; `address` with the port of an earlier one starts it again. */
export async function startPublisher(
  address = 'tcp://127.0.0.1:*',
  login?: PlainLogin,
): Promise<TestPublisher> {
  const zmq = loadZeroMq();
  const context = new zmq.Context();
  const logins = login && (await answerLogins(zmq, context, login));
  // No high-water mark: what is lost is lost by who receives.
  const socket: PublisherSocket = new zmq.Publisher({
    context,
    linger: 0,
    sendHighWaterMark: 0,
    ...(login ? { plainServer: true } : {}),
  });
  await socket.bind(address);
  const bound = socket.lastEndpoint ?? '';
  return {
    address: bound,
    send: (frame) => socket.send(frame),
    async stop() {
      if (socket.closed) return;
      await socket.unbind(bound);
      socket.close();
      logins?.close();
    },
  };
}

const FOREIGN = `
const { Publisher } = require('zeromq');
const socket = new Publisher({ linger: 0 });
process.stdin.on('data', async (count) => {
  for (let i = 0; i < Number(count); i++) await socket.send('misp_json_tag {"Tag":{"id":"' + i + '"}}');
});
socket.bind(process.argv[1]).then(() => console.log(socket.lastEndpoint));`;

/** A publisher in a process of its own, with the high-water mark that MISP's has. */
export async function startForeignPublisher(bind = 'tcp://127.0.0.1:*'): Promise<{
  address: string;
  send(count: number): void;
  stop(signal?: NodeJS.Signals): void;
}> {
  const child = spawn(process.execPath, ['-e', FOREIGN, bind], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [address] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    address: String(address).trim(),
    send: (count) => child.stdin.write(String(count)),
    stop: (signal = 'SIGKILL') => child.kill(signal),
  };
}
