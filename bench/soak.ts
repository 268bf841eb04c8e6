import { strict as assert } from 'node:assert';
import net from 'node:net';
import { credentials } from '../test/support/flows';
import { demo, fire, fireDuringRedeploys } from '../test/support/fire';
import { freePort, get, listening } from '../test/support/misp';
import { forkNodeRed } from '../test/support/node-red-process';

/** `npm run soak`: the tests under fire, for longer. Prints what was measured; fails on a wrong answer. */
async function main(): Promise<void> {
  const nodeRed = await forkNodeRed();
  try {
    const port = await freePort();
    await nodeRed.deploy(demo(port), credentials);
    await listening(port);

    const { asked, problems } = await fireDuringRedeploys(nodeRed, port, 1000);
    say(`1,000 redeploys: ${asked} requests, ${problems.length} wrong`);
    assert.deepEqual(problems.slice(0, 5), []);

    assert.deepEqual(await fire(port, 1000, 100), []);
    const before = await nodeRed.memory();
    const wrong = await fire(port, 100_000, 100);
    const after = await nodeRed.memory();
    const heap = (after.heapUsed - before.heapUsed) / 1024 / 1024;
    say(`100,000 runs at 100 at a time: ${wrong.length} wrong, heap ${heap.toFixed(1)} MB more`);
    assert.deepEqual(wrong.slice(0, 5), []);
    assert.ok(heap < 10);

    const sockets = await idle(port, 5000);
    const slowest = Math.max(
      ...(await Promise.all(Array.from({ length: 20 }, () => get(port, '/modules')))).map(
        (reply) => reply.ms,
      ),
    );
    say(`5,000 idle connections: GET /modules took up to ${slowest.toFixed(0)} ms`);
    assert.ok(slowest < 200);
    for (const socket of sockets) socket.destroy();
  } finally {
    nodeRed.kill();
  }
}

async function idle(port: number, count: number): Promise<net.Socket[]> {
  const sockets: net.Socket[] = [];
  for (let i = 0; i < count; i += 250) {
    const some = Array.from({ length: 250 }, () =>
      net.connect(port, '127.0.0.1').on('error', () => undefined),
    );
    await Promise.all(some.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    sockets.push(...some);
  }
  return sockets;
}

function say(text: string): void {
  console.log(text);
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
