import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { call, event, freePort, get, listening, query } from '../support/misp';
import { block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';

describe('misp-listener', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const demo = (settings: object = {}) => [
    tab,
    listener(port, settings),
    trigger(['if'], { deadline: 1 }),
    ifTag('if', 'tlp:red', ['stop']),
    block('stop', 'red: {{ Event.info }}'),
  ];

  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
    await deploy(nodeRed.RED, demo(), credentials);
    await listening(port);
  });
  after(() => nodeRed.stop());

  it('announces the module as a blocking action module', async () => {
    const reply = await get(port, '/modules');
    assert.equal(reply.status, 200);
    const modules = reply.json as unknown as { name: string; type: string; meta: Record<string, unknown> }[];
    assert.equal(modules.length, 1);
    assert.equal(modules[0].name, 'test_module');
    assert.equal(modules[0].type, 'action_mod');
    assert.deepEqual(modules[0].meta['module-type'], ['action']);
    assert.equal((modules[0].meta.config as { blocking: boolean }).blocking, true);
    assert.ok(!('outputs' in modules[0].meta), 'meta.outputs overwrites the inputs in MISP');
  });

  it('blocks with the rendered message, and lets go on', async () => {
    assert.deepEqual((await query(port, 'test_module', event(['tlp:red']))).json, {
      error: 'red: A test event',
    });
    assert.deepEqual((await query(port, 'test_module', event(['tlp:green']))).json, { data: true });
  });

  it('answers 401 without and with wrong credentials, and says what to do', async () => {
    const body = { module: 'test_module', data: event(['tlp:red']), params: {} };
    const wrong = [
      { user: 'misp', password: 'wrong' },
      { user: 'other', password: 'secret' },
      { user: '', password: '' },
      { headers: { Authorization: '' } },
      { headers: { Authorization: 'Bearer secret' } },
      { headers: { Authorization: 'Basic !!!' } },
    ];
    for (const options of wrong) {
      for (const path of ['/query', '/modules', '/version', '/nothing']) {
        const method = path === '/query' ? 'POST' : 'GET';
        const reply = await call(method === 'POST' ? body : undefined, { port, path, method, ...options });
        assert.equal(reply.status, 401, `${path} ${JSON.stringify(options)}`);
        assert.match(reply.json.error ?? '', /Action_services_url/);
      }
    }
  });

  it('answers 404 and 405 to callers who are not MISP', async () => {
    for (const path of ['/', '/query/', '/admin', '/modules:6666/modules']) {
      assert.equal((await get(port, path)).status, 404, path);
    }
    const wrongMethod = await get(port, '/query');
    assert.equal(wrongMethod.status, 405);
    assert.equal(wrongMethod.headers.allow, 'POST');
    assert.equal((await call({}, { port, path: '/modules' })).status, 405);
  });

  it('serves health check and version', async () => {
    assert.deepEqual((await get(port, '/healthcheck', { headers: { Authorization: '' } })).json, {
      status: true,
    });
    assert.equal(typeof (await get(port, '/version')).json.version, 'string');
  });

  const faults: [string, string | Buffer | object, RegExp][] = [
    ['broken JSON', '{"module": "test_module", ', /not valid JSON/],
    ['an empty body', '', /not valid JSON/],
    ['text', 'hello', /not valid JSON/],
    ['binary garbage', Buffer.from([0, 255, 1, 254]), /not valid JSON/],
    ['a list', '[]', /names no module/],
    ['null', 'null', /names no module/],
    ['no module', { data: {} }, /names no module/],
    ['a module that is a number', { module: 5, data: {} }, /names no module/],
    ['an unknown module', { module: 'nothing', data: {} }, /announces the module nothing/],
    ['a module named as a prototype', { module: '__proto__', data: {} }, /announces the module __proto__/],
    [
      'JSON nested 100,000 deep',
      `{"module":"test_module","data":${'['.repeat(100000)}${']'.repeat(100000)}}`,
      /deeper/,
    ],
    [
      'objects nested deep',
      `{"module":"test_module","data":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`,
      /deeper/,
    ],
  ];
  for (const [name, body, expected] of faults) {
    it(`answers 200 with an error to ${name}`, async () => {
      const reply = await call(body, { port });
      assert.equal(reply.status, 200);
      assert.match(reply.json.error ?? '', expected);
    });
  }

  it('answers 200 with an error to 150 MB, before it has them', async () => {
    const size = 150 * 1024 * 1024;
    const reply = await sendHead(port, [`Content-Length: ${size}`], 'the first bytes');
    assert.match(reply, /^HTTP\/1.1 200 /);
    assert.match(reply, /100 MB/);
    const whole = await call(Buffer.alloc(size, 0x20), { port });
    assert.equal(whole.status, 200);
    assert.match(whole.json.error ?? '', /100 MB/);
  });

  it('asks for the rest with 100 Continue, but not for a body that is too large', async () => {
    const body = JSON.stringify({ module: 'test_module', data: event(['tlp:red']), params: [] });
    const asked = await sendHead(port, [`Content-Length: ${body.length}`, 'Expect: 100-continue'], '', body);
    assert.match(asked, /^HTTP\/1.1 100 Continue/);
    assert.match(asked, /red: A test event/);
    const refused = await sendHead(port, ['Content-Length: 200000000', 'Expect: 100-continue'], '');
    assert.match(refused, /^HTTP\/1.1 200 /);
  });

  it('takes a chunked body, and parameters as an empty list', async () => {
    const body = JSON.stringify({ module: 'test_module', data: event(['tlp:red']), params: [] });
    const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    assert.match(await sendHead(port, ['Transfer-Encoding: chunked'], chunks), /red: A test event/);
  });

  it('removes __proto__ from the data', async () => {
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port),
        trigger(['look']),
        node('look', 'function', [['stop']], {
          func: 'msg.payload = {keys: Object.keys(msg.payload).join(), polluted: String(Object.assign({}, msg.payload).bad)}; return msg;',
          outputs: 1,
        }),
        block('stop', '{{ keys }} {{ polluted }}'),
      ],
      credentials,
    );
    const body =
      '{"module":"test_module","data":{"__proto__":{"bad":1},"constructor":{"a":1},"x":1},"params":{}}';
    assert.equal((await call(body, { port })).json.error, 'constructor,x undefined');
    const escaped = body.replace('"__proto__"', '"\\u005f_proto__"');
    assert.equal((await call(escaped, { port })).json.error, 'constructor,x undefined');
    await deploy(nodeRed.RED, demo(), credentials);
  });

  it('keeps modules whose flow is gone over a restart of its node, until they are removed', async () => {
    const own = await freePort();
    const ids = { id: 'listener' };
    const flow = (...nodes: FlowNode[]) => [tab, { ...listener(own), ...ids }, ...nodes];
    const modules = async () =>
      ((await get(own, '/modules')).json as unknown as { name: string }[])
        .map((module) => module.name)
        .sort();
    await deploy(
      nodeRed.RED,
      flow(trigger(['if'], { module: 'one' }), trigger(['if'], { module: 'two' }, 'two')),
      credentials,
    );
    await listening(own);
    await deploy(
      nodeRed.RED,
      flow(trigger(['if'], { module: 'one', d: true }), trigger(['if'], { module: 'three' }, 'two')),
      credentials,
    );
    const all = await modules();
    for (const name of ['one', 'two', 'three']) assert.ok(all.includes(name), name);
    for (const name of ['one', 'two'])
      assert.match((await query(own, name, event([]))).json.error ?? '', /gone/);
    const url = `${nodeRed.url}/admin/misp-workflows/listeners/listener/gone`;
    const gone = (await (await fetch(url)).json()) as string[];
    assert.ok(gone.includes('one') && gone.includes('two') && !gone.includes('three'));
    for (const name of gone) await fetch(`${url}/${name}`, { method: 'DELETE' });
    await fetch(`${url}/three`, { method: 'DELETE' });
    assert.deepEqual(await modules(), ['three']);
    const file = path.join(nodeRed.userDir, 'misp-workflows/listener-listener.json');
    assert.deepEqual(
      (JSON.parse(readFileSync(file, 'utf8')) as { name: string }[]).map((module) => module.name),
      ['three'],
    );
    await deploy(nodeRed.RED, demo(), credentials);
    await listening(port);
  });

  it('goes on with a new thread when its thread fails', async () => {
    const { service } = nodeRed.RED.nodes.getNode('listener') as unknown as { service: { worker: Worker } };
    await service.worker.terminate();
    await listening(port);
    assert.deepEqual((await query(port, 'test_module', event(['tlp:red']))).json, {
      error: 'red: A test event',
    });
    assert.match((await get(port, '/modules')).text, /test_module/);
  });

  it('is closed although its thread has just failed', async () => {
    const { service } = nodeRed.RED.nodes.getNode('listener') as unknown as {
      service: { worker: Worker; close(): Promise<void> };
    };
    await service.worker.terminate();
    const closed = service.close().then(() => 'closed');
    assert.equal(await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 5000))]), 'closed');
    // The same service would be used again.
    await deploy(nodeRed.RED, [tab], {});
    await deploy(nodeRed.RED, demo(), credentials);
    await listening(port);
  });

  it('goes red when the port is in use, tries again, and Node-RED goes on', async () => {
    const other = net.createServer();
    const busy = await freePort();
    await new Promise<void>((resolve) => other.listen(busy, '127.0.0.1', resolve));
    await deploy(
      nodeRed.RED,
      demo().map((n) => (n.id === 'listener' ? { ...n, port: busy } : n)),
      credentials,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await new Promise((resolve) => other.close(resolve));
    const until = Date.now() + 6000;
    let answered = false;
    while (!answered && Date.now() < until) {
      answered = await query(busy, 'test_module', event(['tlp:red'])).then(
        (reply) => /red:/.test(reply.json.error ?? ''),
        () => false,
      );
      if (!answered) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(answered);
    await deploy(nodeRed.RED, demo(), credentials);
    await listening(port);
  });
});

/** Sends a request by hand: head, then `body`, and after "100 Continue" what is in `rest`. */
function sendHead(port: number, headers: string[], body: string, rest = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    let received = '';
    let continued = false;
    const authorization = `Authorization: Basic ${Buffer.from('misp:secret').toString('base64')}`;
    socket.write(['POST /query HTTP/1.1', 'Host: x', authorization, ...headers, '', body].join('\r\n'));
    socket.on('data', (chunk) => {
      received += chunk.toString();
      if (/^HTTP\/1.1 100/.test(received) && !continued) {
        continued = true;
        socket.write(rest);
      }
      if (/\r\n\r\n\{.*\}$/s.test(received)) socket.destroy();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
    setTimeout(() => socket.destroy(), 5000).unref();
  });
}
