import { strict as assert } from 'node:assert';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import { demo, fire, fireDuringAllKinds, fireDuringRedeploys } from '../support/fire';
import { call, event, freePort, get, listening, query, type Reply } from '../support/misp';
import { block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import type { FlowNode } from '../support/node-red';
import { answeredWithin, soon } from '../support/soon';

const red = event(['tlp:red']);
const green = event(['tlp:green']);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the listener under fire', function () {
  this.timeout(60000);
  let nodeRed: NodeRedProcess;
  let port = 0;
  before(async () => {
    nodeRed = await forkNodeRed();
  });
  after(() => nodeRed.kill());

  async function start(flow: (port: number) => FlowNode[]): Promise<void> {
    port = await freePort();
    await nodeRed.deploy(flow(port), credentials);
    await listening(port);
  }

  it('answers in time while a function node spins', async function () {
    // Another program may take the processor for a moment; the bound itself stays.
    this.retries(2);
    await start((port) => [
      tab,
      listener(port),
      trigger(['spin'], { deadline: 2 }),
      node('spin', 'function', [['stop']], {
        func: 'const end = Date.now() + 5000; while (Date.now() < end); return msg;',
        outputs: 1,
      }),
      block(),
    ]);
    const run = query(port, 'test_module', red);
    await sleep(200);
    const waits: number[] = [];
    let waiting: Promise<Reply> | undefined;
    for (let i = 0; i < 40; i++) {
      waits.push((await get(port, '/modules')).ms);
      if (i === 10) waiting = query(port, 'test_module', red);
      await sleep(50);
    }
    assert.ok(Math.max(...waits) < 50, `GET /modules took up to ${Math.max(...waits)} ms`);
    for (const reply of [await run, await (waiting as Promise<Reply>)]) {
      assert.match(reply.json.error ?? '', /did not answer in time/);
      assert.ok(reply.ms >= 1950 && reply.ms < 2300, `${reply.ms} ms`);
    }
    await sleep(8500);
  });

  it('loses no request and gives no wrong answer over 50 redeploys', async () => {
    await start((port) => demo(port));
    const result = await fireDuringRedeploys(nodeRed, port, 50);
    assert.deepEqual(result.problems.slice(0, 5), []);
    assert.ok(result.asked > 500, `${result.asked} requests`);
  });

  it('refuses nobody and gives no wrong answer over 60 redeploys of all kinds', async () => {
    await start((port) => demo(port));
    const result = await fireDuringAllKinds(nodeRed, port, 60);
    assert.deepEqual(result.problems.slice(0, 5), []);
    assert.ok(
      result.asked > 500 && result.blocked > 20,
      `${result.asked} requests, ${result.blocked} blocked`,
    );
  });

  it('answers 10,000 runs rightly, 100 at a time, and keeps none of them', async () => {
    await start((port) => demo(port));
    assert.deepEqual(await fire(port, 1000, 100), []);
    const before = await nodeRed.memory();
    assert.deepEqual(await fire(port, 10000, 100), []);
    const after = await nodeRed.memory();
    const more = (after.heapUsed - before.heapUsed) / 1024 / 1024;
    assert.ok(more < 10, `${more} MB more`);
  });

  it('says that the flow is gone when its trigger was deleted, and lets other triggers work', async () => {
    await start((port) => [...demo(port), trigger(['if'], { module: 'other' }, 'two')]);
    await nodeRed.deploy(
      [
        tab,
        listener(port),
        trigger(['if'], { module: 'other' }, 'two'),
        ifTag('if', 'tlp:red', ['stop']),
        block(),
      ],
      credentials,
    );
    assert.match((await query(port, 'test_module', green)).json.error ?? '', /gone/);
    assert.deepEqual((await query(port, 'other', green)).json, { data: true });
  });

  it('answers an open run by policy when its trigger is deleted', async () => {
    await start((port) => [
      tab,
      listener(port),
      trigger(['wait'], { deadline: 5 }),
      node('wait', 'delay', [['stop']], { pauseType: 'delay', timeout: '4', timeoutUnits: 'seconds' }),
      block(),
    ]);
    const run = query(port, 'test_module', red);
    await sleep(200);
    await nodeRed.deploy([tab, listener(port)], credentials);
    const reply = await run;
    assert.match(reply.json.error ?? '', /stopped/);
    assert.ok(reply.ms < 1500);
  });

  it('bounds open runs, by policy, and stays fair between triggers', async () => {
    await start((port) => [
      tab,
      listener(port, { openRuns: 10 }),
      trigger(['wait'], { deadline: 3 }),
      trigger(['if'], { deadline: 3, module: 'other' }, 'two'),
      node('wait', 'delay', [['stop']], { pauseType: 'delay', timeout: '1', timeoutUnits: 'seconds' }),
      ifTag('if', 'tlp:red', ['stop']),
      block(),
    ]);
    const runs = Array.from({ length: 30 }, () => query(port, 'test_module', green));
    await sleep(150);
    const fair = await query(port, 'other', green);
    assert.deepEqual(fair.json, { data: true });
    const replies = await Promise.all(runs);
    const refused = replies.filter((reply) => /too many/.test(reply.json.error ?? ''));
    assert.equal(refused.length, 25);
    assert.ok(refused.every((reply) => reply.ms < 500));
    assert.equal(replies.filter((reply) => reply.json.error === 'blocked by the flow').length, 5);
  });

  it('asks a before-save flow no more after three time-outs in a row', async () => {
    await start((port) => [
      tab,
      listener(port),
      trigger(['never'], { trigger: 'event-before-save', deadline: 0.3 }),
      node('never', 'function', [['stop']], { func: 'await new Promise(() => {});', outputs: 1 }),
      block(),
    ]);
    for (let i = 0; i < 3; i++) assert.ok((await query(port, 'test_module', green)).ms >= 280);
    await soon(100, async () => {
      const spared = await query(port, 'test_module', green);
      assert.match(spared.json.error ?? '', /three times/);
    });
    const { log } = await nodeRed.memory();
    assert.ok(
      log.some((line) => /No answer in time/.test(line)),
      log.join('\n'),
    );
  });

  it('counts refused callers, and says what follows', async () => {
    await start((port) => demo(port));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
    const refused = Array.from({ length: 1000 }, () => call(red, { port, password: 'wrong', agent }));
    const modules = await get(port, '/modules');
    assert.ok(modules.ms < 200);
    for (const reply of await Promise.all(refused)) assert.equal(reply.status, 401);
    agent.destroy();
    await sleep(700);
    const { log } = await nodeRed.memory();
    const lines = log.filter((line) => /was refused/.test(line));
    assert.ok(lines.length >= 1 && lines.length <= 2, log.join('\n'));
    assert.match(lines[0], /goes on unblocked/);
  });

  const attacks: [string, (port: number) => Promise<() => void>][] = [
    ['idle connections', (port) => connections(port, 1000, () => undefined)],
    [
      'half-sent bodies',
      (port) => connections(port, 50, (socket) => socket.write(head(100000, 'half a body'))),
    ],
    ['one byte a second', (port) => connections(port, 50, drip)],
    [
      'garbage instead of HTTP',
      (port) => connections(port, 200, (socket) => socket.write(Buffer.alloc(2000, 0xa5))),
    ],
    ['TLS to a plain port', tlsHandshakes],
    [
      'clients killed in mid-answer',
      (port) => connections(port, 200, (socket) => socket.write(head(2, '{}'), () => socket.destroy())),
    ],
    ['150 MB bodies', hugeBodies],
  ];
  for (const [name, attack] of attacks) {
    it(`serves others during ${name}`, async () => {
      await start((port) => demo(port));
      const before = await nodeRed.memory();
      const end = await attack(port);
      for (let i = 0; i < 10; i++) {
        const modules = await answeredWithin(200, () => get(port, '/modules'));
        assert.match(modules.text, /test_module/);
        assert.equal((await query(port, 'test_module', red)).json.error, 'blocked by the flow');
        await sleep(30);
      }
      end();
      const after = await nodeRed.memory();
      assert.ok(
        after.rss - before.rss < 200 * 1024 * 1024,
        `${(after.rss - before.rss) / 1024 / 1024} MB more`,
      );
    });
  }

  it('answers open runs before the process ends', async () => {
    const own = await forkNodeRed();
    const ownPort = await freePort();
    await own.deploy(
      [
        tab,
        listener(ownPort),
        trigger(['wait'], { deadline: 5 }),
        node('wait', 'delay', [['stop']], { pauseType: 'delay', timeout: '4', timeoutUnits: 'seconds' }),
        block(),
      ],
      credentials,
    );
    await listening(ownPort);
    const run = query(ownPort, 'test_module', red);
    await sleep(200);
    await own.stop();
    const reply = await run;
    assert.equal(reply.status, 200);
    assert.ok(reply.json.error);
  });
});

function head(length: number, body: string): string {
  const authorization = Buffer.from('misp:secret').toString('base64');
  return `POST /query HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${authorization}\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

/** Opens connections, lets `act` do something on each, and returns how to close them. */
async function connections(
  port: number,
  count: number,
  act: (socket: net.Socket) => void,
): Promise<() => void> {
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('connect', resolve));
      act(socket);
      return socket;
    }),
  );
  return () => sockets.forEach((socket) => socket.destroy());
}

function drip(socket: net.Socket): void {
  const text = head(1000, '');
  let sent = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || sent >= text.length) clearInterval(timer);
    else socket.write(text[sent++]);
  }, 100);
}

async function tlsHandshakes(port: number): Promise<() => void> {
  const sockets = Array.from({ length: 100 }, () => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('error', () => undefined);
    return socket;
  });
  await sleep(100);
  return () => sockets.forEach((socket) => socket.destroy());
}

async function hugeBodies(port: number): Promise<() => void> {
  const chunk = Buffer.alloc(1024 * 1024, 0x20);
  const end = await connections(port, 4, (socket) => {
    socket.write(head(150 * 1024 * 1024, ''));
    for (let i = 0; i < 150; i++) socket.write(chunk);
  });
  const chunked = await connections(port, 2, (socket) => {
    const authorization = Buffer.from('misp:secret').toString('base64');
    socket.write(
      `POST /query HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${authorization}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (let i = 0; i < 99; i++) {
      socket.write('100000\r\n');
      socket.write(chunk);
      socket.write('\r\n');
    }
  });
  return () => {
    end();
    chunked();
  };
}
