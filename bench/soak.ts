import { strict as assert } from 'node:assert';
import net from 'node:net';
import { block, credentials, listener, node, tab, trigger } from '../test/support/flows';
import {
  demo,
  fire,
  fireAccepted,
  fireDuringAllKinds,
  fireDuringRedeploys,
  slowFlow,
} from '../test/support/fire';
import { event, freePort, get, listening, query } from '../test/support/misp';
import { forkNodeRed, type NodeRedProcess } from '../test/support/node-red-process';

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

    const all = await fireDuringAllKinds(nodeRed, port, 1000);
    say(
      `1,000 redeploys of all kinds: ${all.asked} requests, ${all.blocked} blocked while flows did not run, ${all.problems.length} wrong`,
    );
    assert.deepEqual(all.problems.slice(0, 5), []);

    await nodeRed.deploy(demo(port), credentials);
    await listening(port);
    // Fills what is kept of the latest runs.
    assert.deepEqual(await fire(port, 3000, 100), []);
    const before = await nodeRed.memory();
    const wrong = await fire(port, 100_000, 100);
    const after = await nodeRed.memory();
    const heap = (after.heapUsed - before.heapUsed) / 1024 / 1024;
    say(`100,000 runs at 100 at a time: ${wrong.length} wrong, heap ${heap.toFixed(1)} MB more`);
    assert.deepEqual(wrong.slice(0, 5), []);
    assert.ok(heap < 10);

    await spin(nodeRed);

    await nodeRed.deploy(demo(port), credentials);
    await listening(port);
    const sockets = await idle(port, 5000);
    const slowest = Math.max(
      ...(await Promise.all(Array.from({ length: 20 }, () => get(port, '/modules')))).map(
        (reply) => reply.ms,
      ),
    );
    say(`5,000 idle connections: GET /modules took up to ${slowest.toFixed(0)} ms`);
    assert.ok(slowest < 200);
    for (const socket of sockets) socket.destroy();
    await smallHeap();
  } finally {
    nodeRed.kill();
  }
}

/** Events that MISP does not wait for, far more than a small heap can hold. */
async function smallHeap(): Promise<void> {
  const nodeRed = await forkNodeRed({ execArgv: ['--max-old-space-size=150'] });
  try {
    const port = await freePort();
    await nodeRed.deploy(slowFlow(port), credentials);
    await listening(port);
    const { accepted, refused, other, megabytes } = await fireAccepted(port, 10_000, 200);
    const size = megabytes.toFixed(2);
    say(`heap of 150 MB, 10,000 events of ${size} MB: ${accepted} accepted, ${refused} refused and told`);
    assert.deepEqual(other.slice(0, 5), []);
    const gate = await query(port, 'test_module', event(['tlp:red']));
    assert.equal(gate.json.error, 'blocked by the flow');
  } finally {
    nodeRed.kill();
  }
}

/** A function node that spins for 12 s: MISP's 10 s must not be reached. */
async function spin(nodeRed: NodeRedProcess): Promise<void> {
  const port = await freePort();
  const func = 'const end = Date.now() + 12000; while (Date.now() < end); return msg;';
  const nodes = [node('spin', 'function', [['stop']], { func, outputs: 1 }), block()];
  await nodeRed.deploy([tab, listener(port), trigger(['spin']), ...nodes], credentials);
  await listening(port);
  const run = query(port, 'test_module', event(['tlp:red']));
  const waits: number[] = [];
  for (const end = Date.now() + 11500; Date.now() < end;) {
    waits.push((await get(port, '/modules')).ms);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { json, ms } = await run;
  const slowest = Math.max(...waits);
  say(
    `a spin of 12 s: answered "${json.error}" after ${ms.toFixed(0)} ms, GET /modules took up to ${slowest.toFixed(0)} ms`,
  );
  assert.ok(json.error && ms < 9000 && slowest < 50);
  await new Promise((resolve) => setTimeout(resolve, 2000));
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
