import { strict as assert } from 'node:assert';
import { inspect } from 'node:util';
import { ask, attribute, FORMS, moduleList } from '../support/ask-as-misp';
import { credentials, listener, node, tab, trigger, block } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

const SECRET = 'sentinel-secret-4711';

describe('misp-module-in', function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const received: Record<string, unknown>[] = [];
  const kept: { get(name: string): string | undefined }[] = [];
  const take = (next: string[]) =>
    node('take', 'function', [next], { func: "global.get('take')(msg); return msg;", outputs: 1 });
  const moduleIn = (more: object, wires = ['take'], name = 'in') =>
    node(name, 'misp-module-in', [wires], { listener: 'listener', module: 'mine', ...more });
  const out = (more: object = {}) => node('out', 'misp-module-out', [], { answer: 'results', ...more });
  const start = async (nodes: FlowNode[], more: object = {}) => {
    received.length = 0;
    port = await freePort();
    await deploy(nodeRed.RED, [tab], {});
    await deploy(nodeRed.RED, [tab, listener(port, more), ...nodes], credentials);
    await listening(port);
  };
  const problemOf = (name: string) =>
    (nodeRed.RED.nodes.getNode(`node-${name}`) as { problem?: string } | null)?.problem;

  before(async () => {
    const keep = (message: Record<string, unknown>) => received.push(structuredClone(message));
    const keepSettings = (settings: (typeof kept)[number]) => kept.push(settings);
    nodeRed = await startNodeRed({
      settings: { functionGlobalContext: { take: keep, keep: keepSettings } },
    });
  });
  after(() => nodeRed.stop());

  for (const [form, bodies] of Object.entries(FORMS)) {
    it(`is asked as MISP asks: ${form}`, async () => {
      for (const format of ['misp_standard', 'plain']) {
        await start([moduleIn({ kind: 'both', input: ['ip-dst'], format }), take(['out']), out()]);
        const asked = bodies('mine', { config: { api_key: SECRET } })[format === 'plain' ? 1 : 0];
        const { status, json } = await ask(port, asked);
        assert.equal(status, 200);
        const { results } = json as { results: Record<string, { value: string }[]> & { values: string[] }[] };
        if (format === 'plain') assert.deepEqual(results, [{ types: ['text'], values: ['198.51.100.45'] }]);
        else assert.equal(results.Attribute[0].value, '198.51.100.45');
        const [message] = received;
        assert.equal(message.payload, '198.51.100.45');
        assert.equal(message.value, '198.51.100.45');
        assert.equal(message.type, 'ip-dst');
        assert.equal(message.attribute !== undefined, format === 'misp_standard');
        const all = JSON.stringify(received);
        assert.ok(!all.includes(SECRET) && !all.includes('perm_site_admin') && !all.includes('"user"'), all);
      }
    });
  }

  it('gets an object, and the file of an attachment', async () => {
    const input = ['attachment', 'domain-ip'];
    await start([moduleIn({ kind: 'expansion', input }), take(['out']), out({ answer: 'nothing' })]);
    const object = { name: 'domain-ip', uuid: 'x', Attribute: [attribute('domain', 'example.org')] };
    assert.deepEqual((await ask(port, { module: 'mine', object, event_id: '1' })).json, { results: [] });
    assert.deepEqual(received[0].object, object);
    const [standard, plain] = FORMS.page('mine', { type: 'attachment', value: 'a.txt', data: 'aGVsbG8=' });
    await ask(port, standard);
    await ask(port, plain);
    for (const message of received.slice(1)) {
      assert.equal(Buffer.from(message.file as Uint8Array).toString(), 'hello');
      assert.equal(message.filename, 'a.txt');
      assert.ok(!JSON.stringify(message.attribute ?? {}).includes('aGVsbG8='));
    }
  });

  it('answers a query without a value, as of a plain module at an object, in the shape that MISP can read', async () => {
    await start([moduleIn({ kind: 'both', input: ['text'], format: 'plain' }), take(['out']), out()]);
    const odd = { module: 'mine', '': null, event_id: null, attribute_uuid: null };
    for (const body of [
      odd,
      { module: 'mine' },
      { module: 'mine', attribute: {} },
      { module: 'mine', text: [1] },
    ]) {
      const { status, json } = await ask(port, body);
      assert.equal(status, 200);
      assert.match(String(json.error), /no value/);
      assert.deepEqual(json.results, []);
    }
    assert.equal(received.length, 0);
  });

  it('gets the file of an import with what the user filled in, and no setting', async () => {
    const userFields = [
      { name: 'delimiter', type: 'choice', value: 'comma, semicolon' },
      { name: 'has header', type: 'checkbox', value: '' },
      { name: 'most', type: 'number', value: '' },
    ];
    await start([
      moduleIn({ kind: 'import', userFields, settings: ['api_key'] }),
      take(['out']),
      out({ answer: 'nothing' }),
    ]);
    const config = { api_key: SECRET, delimiter: '1', 'has header': '1', most: '5' };
    const data = Buffer.from('ip\n203.0.113.5\n').toString('base64');
    await ask(port, { module: 'mine', event_id: '211', config, data, filename: 'list.csv' });
    const [{ payload, filename, misp }] = received as unknown as {
      payload: string;
      filename: string;
      misp: { params: object; event_id: string };
    }[];
    assert.equal(payload, 'ip\n203.0.113.5\n');
    assert.equal(filename, 'list.csv');
    assert.deepEqual(misp.params, { delimiter: 'semicolon', 'has header': true, most: 5 });
    assert.equal(misp.event_id, '211');
    assert.ok(!JSON.stringify(received).includes(SECRET));
    await ask(port, { module: 'mine', data: Buffer.from([0xff, 0xfe, 0]).toString('base64') });
    assert.ok(received[1].payload instanceof Uint8Array);
  });

  it('gives its flow the values of its settings by name, also behind a fork, until the run has ended', async () => {
    const kind = { kind: 'both', input: ['ip-dst'], settings: ['api_key', 'proxy', 'unset', '__proto__'] };
    const use = node('use', 'function', [['out']], {
      func: "msg.payload = ['api_key', 'proxy', 'unset', '__proto__', 'get'].map((name) => msg.settings.get(name) ?? null); return msg;",
      outputs: 1,
    });
    const keep = node('take', 'function', [[]], { func: "global.get('keep')(msg.settings);", outputs: 1 });
    await start([
      moduleIn(kind, ['take', 'use']),
      keep,
      use,
      out({ found: '$string(payload)', foundType: 'jsonata' }),
    ]);
    const config = { api_key: SECRET, proxy: 3128, unset: null, other: SECRET };
    const [asked] = FORMS.page('mine', { config });
    const { results } = (await ask(port, asked)).json as { results: Record<string, { value: string }[]> };
    assert.equal(results.Attribute[0].value, JSON.stringify([SECRET, '3128', null, null, null]));
    const [settings] = kept;
    assert.equal(JSON.stringify(settings).includes(SECRET), false);
    assert.equal(inspect(settings, { showHidden: true, depth: 10 }).includes(SECRET), false);
    await until(() => settings.get('api_key') === undefined);
  });

  it('gets the events of an export', async () => {
    await start([moduleIn({ kind: 'export' }), take(['out']), out({ found: 'payload[0].Event.info' })]);
    const { json } = await ask(port, { module: 'mine', data: [event(['tlp:green'])] });
    assert.equal(Buffer.from(String(json.data), 'base64').toString(), 'A test event');
  });

  it('is an action that goes on, or stops what it blocks', async () => {
    await start([moduleIn({ kind: 'action', blocking: true }), take(['out']), out()]);
    assert.deepEqual((await query(port, 'mine', event([]))).json, { data: true });
    const { meta } = (await moduleList(port)).mine as { meta: { config: { blocking: boolean } } };
    assert.equal(meta.config.blocking, true);
    await start([moduleIn({ kind: 'action' }), take(['out']), out({ answer: 'error', error: 'no' })]);
    assert.deepEqual((await query(port, 'mine', event([]))).json, { error: 'no' });
  });

  it('tells MISP what it is', async () => {
    const both = moduleIn({
      kind: 'both',
      input: ['ip-dst'],
      settings: ['api_key'],
      description: 'Looks up',
    });
    const userFields = [{ name: 'choice', type: 'choice', value: 'a, b' }];
    await start([
      both,
      moduleIn({ kind: 'import', module: 'imports', userFields }, ['take'], 'imports'),
      moduleIn({ kind: 'export', module: 'exports', extension: 'csv' }, ['take'], 'exports'),
      moduleIn({ kind: 'hover', module: 'hovers', input: ['md5'], format: 'plain' }, ['take'], 'hovers'),
      take(['out']),
      out(),
    ]);
    const list = (await moduleList(port)) as Record<
      string,
      { mispattributes: Record<string, unknown>; meta: Record<string, unknown> }
    >;
    const { mine, imports, exports, hovers } = list;
    assert.deepEqual(mine.meta['module-type'], ['expansion', 'hover']);
    assert.deepEqual(mine.meta.config, ['api_key']);
    assert.equal(mine.meta.description, 'Looks up');
    assert.deepEqual(mine.mispattributes.input, ['ip-dst']);
    assert.equal(mine.mispattributes.format, 'misp_standard');
    assert.deepEqual(hovers.meta['module-type'], ['hover']);
    assert.equal(hovers.mispattributes.format, undefined);
    assert.deepEqual(imports.mispattributes.inputSource, ['file', 'paste']);
    assert.deepEqual(imports.mispattributes.userConfig, {
      choice: { type: 'Select', message: 'choice', options: ['a', 'b'] },
    });
    assert.equal(exports.mispattributes.outputFileExtension, 'csv');
    assert.equal(exports.meta.require_standard_format, true);
  });

  it('refuses what MISP cannot take, also from a file', async () => {
    const bad = [
      { module: 'hover' },
      { module: 'a.b' },
      { settings: ['api key'] },
      { settings: ['enabled'] },
      { input: [] },
      { kind: 'import', userFields: [{ name: 'a[b]', type: 'text', value: '' }] },
    ];
    for (const more of bad) {
      await start([moduleIn({ kind: 'both', input: ['md5'], ...more }), take(['out']), out()]);
      assert.ok(problemOf('in'), JSON.stringify(more));
      assert.deepEqual(await moduleList(port), {}, JSON.stringify(more));
    }
  });

  it('answers with an error that MISP can read when the flow fails, ends without an answer, or is too slow', async () => {
    const bad = node('take', 'function', [['out']], { func: "throw new Error('bad luck')", outputs: 1 });
    const lost = node('take', 'switch', [['out']], {
      property: 'payload',
      rules: [{ t: 'eq', v: 'x', vt: 'str' }],
    });
    const slow = node('take', 'delay', [['out']], {
      pauseType: 'delay',
      timeout: '3',
      timeoutUnits: 'seconds',
    });
    for (const [flow, words] of [
      [bad, /bad luck/],
      [lost, /without an answer.*MISP module out/],
      [slow, /did not answer in time/],
    ] as const) {
      for (const kind of ['both', 'export']) {
        await start([moduleIn({ kind, input: ['ip-dst'], deadline: 0.5 }), flow, out()]);
        const body = kind === 'export' ? { module: 'mine', data: [event([])] } : FORMS.page('mine', {})[0];
        const { status, json, ms } = await ask(port, body);
        assert.equal(status, 200);
        assert.ok(ms < 1500);
        const said =
          kind === 'export' ? Buffer.from(String(json.data), 'base64').toString() : String(json.error);
        assert.match(said, words);
        if (kind === 'both') assert.deepEqual(json.results, []);
      }
    }
  });

  it('stays announced when its flow is gone, and answers with an error then', async () => {
    await start([moduleIn({ kind: 'both', input: ['ip-dst'] }), take(['out']), out()]);
    await deploy(nodeRed.RED, [tab, listener(port)], credentials);
    assert.ok((await moduleList(port)).mine);
    const { json } = await ask(port, FORMS.page('mine', {})[0]);
    assert.match(String(json.error), /gone/);
    assert.deepEqual(json.results, []);
  });

  it('never starves triggers: its queries have places of their own', async () => {
    const slow = node('take', 'delay', [['out']], {
      pauseType: 'delay',
      timeout: '2',
      timeoutUnits: 'seconds',
    });
    const flow = [moduleIn({ kind: 'both', input: ['ip-dst'] }), slow, out(), trigger(['stop']), block()];
    await start(flow, { openRuns: 2, moduleRuns: 4 });
    const asked = Array.from({ length: 30 }, () => ask(port, FORMS.page('mine', {})[0]));
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual((await query(port, 'test_module', event([]))).json, { error: 'blocked by the flow' });
    const refused = (await Promise.all(asked)).filter(({ json }) => /too many/.test(String(json.error)));
    assert.equal(refused.length, 28, 'half of the places, while there are others');
    for (const { json } of refused) assert.deepEqual(json.results, []);
  });

  it('keeps settings and user out of the journal and the log', async () => {
    await start([moduleIn({ kind: 'both', input: ['ip-dst'], settings: ['api_key'] }), take(['out']), out()]);
    const log = collectLog(nodeRed.RED);
    for (const bodies of Object.values(FORMS))
      for (const body of bodies('mine', { config: { api_key: SECRET } })) await ask(port, body);
    await ask(port, { module: 'mine', config: { api_key: SECRET }, user: { authkey: SECRET } });
    log.stop();
    assert.ok(!log.text().includes(SECRET));
  });
});
