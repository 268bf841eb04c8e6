import { strict as assert } from 'node:assert';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { event, freePort, get, listening, query } from '../support/misp';
import { block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { answeredWithin } from '../support/soon';

describe('misp-trigger', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const received: Record<string, unknown>[] = [];
  const take = node('take', 'function', [[]], { func: "global.get('take')(msg); return null;", outputs: 1 });
  const start = async (nodes: FlowNode[]) => {
    received.length = 0;
    // A listener keeps the modules of deleted flows: each test has one of its own.
    port = await freePort();
    await deploy(nodeRed.RED, [tab], {});
    await deploy(nodeRed.RED, [tab, listener(port), ...nodes], credentials);
    await listening(port);
  };
  const modules = async () =>
    ((await get(port, '/modules')).json as unknown as { name: string }[]).map((m) => m.name);

  before(async () => {
    nodeRed = await startNodeRed({
      settings: {
        functionGlobalContext: { take: (message: Record<string, unknown>) => received.push(message) },
      },
    });
  });
  after(() => nodeRed.stop());

  it('answers at once when it only watches, else when all paths have ended, because an error may block', async () => {
    const slow = node('slow', 'delay', [['bad']], {
      pauseType: 'delay',
      timeout: '400',
      timeoutUnits: 'milliseconds',
    });
    const bad = node('bad', 'function', [[]], { func: "throw new Error('bad')", outputs: 1 });
    await start([trigger(['slow'], { goOn: 'watch' }), slow, bad, block('unwired')]);
    const reply = await answeredWithin(300, () => query(port, 'test_module', event([])));
    assert.deepEqual(reply.json, { data: true });
    await start([trigger(['slow']), slow, bad, block('unwired')]);
    assert.deepEqual((await query(port, 'test_module', event([]))).json, { error: 'function: bad' });
  });

  it("keeps MISP's _env for templates, also where the data is replaced, without secrets", async () => {
    const swap = node('swap', 'function', [['take', 'stop']], { func: 'msg.payload = {}; return msg;' });
    const stop = block('stop', '{{ _env.reason }} {{ _env.misp_module_results.score }}');
    await start([trigger(['swap'], { trigger: 'ad-hoc' }), swap, take, stop]);
    const _env = { reason: 'audit', vt_api_key: 'k'.repeat(40), misp_module_results: { score: 7 } };
    const reply = await query(port, 'test_module', { ...event([]), _env });
    assert.deepEqual(reply.json, { error: 'audit 7' });
    const [{ misp }] = received as { misp: { env: unknown } }[];
    assert.deepEqual(misp.env, { reason: 'audit', misp_module_results: { score: 7 } });
  });

  it('answers a trigger that does not block at once, and the flow runs', async () => {
    const slow = node('slow', 'delay', [['take', 'stop']], {
      pauseType: 'delay',
      timeout: '100',
      timeoutUnits: 'milliseconds',
    });
    await start([trigger(['slow'], { trigger: 'event-after-save' }), slow, take, block()]);
    const log = collectLog(nodeRed.RED);
    const reply = await answeredWithin(100, () => query(port, 'test_module', event([])));
    assert.deepEqual(reply.json, { data: true });
    await until(() => received.length > 0);
    log.stop();
    assert.equal(log.text(), '');
  });

  it('announces whether it blocks, and its parameters', async () => {
    await start([
      trigger(['take'], { params: [{ name: 'team', type: 'string', value: 'soc' }] }),
      trigger(['take'], { trigger: 'log-after-save', module: 'second', filteredItems: true }, 'two'),
      take,
    ]);
    const list = (await get(port, '/modules')).json as unknown as {
      name: string;
      meta: { config: { blocking: boolean; support_filters: boolean; params: object } };
    }[];
    const byName = Object.fromEntries(list.map((module) => [module.name, module.meta.config]));
    assert.equal(byName.test_module.blocking, true);
    assert.equal(byName.test_module.support_filters, false);
    assert.deepEqual(byName.test_module.params, {
      team: { type: 'string', value: 'soc', description: 'team' },
    });
    assert.equal(byName.second.blocking, false);
    assert.equal(byName.second.support_filters, true);
    await query(port, 'test_module', event([]), { team: 'blue' });
    await until(() => received.length === 1);
    assert.deepEqual((received[0].misp as { params: object }).params, { team: 'blue' });
  });

  it('takes keys and passwords out, unless it is told to keep them', async () => {
    const user = { email: 'a@example.org', authkey: 'the-key', password: 'the-password' };
    await start([
      trigger(['take'], { trigger: 'user-before-save' }),
      trigger(['take'], { trigger: 'user-after-save', module: 'second', keepSecrets: true }, 'two'),
      take,
    ]);
    await query(port, 'test_module', { ...user });
    await query(port, 'second', { ...user });
    await until(() => received.length === 2);
    assert.deepEqual(received[0].payload, { email: 'a@example.org' });
    assert.deepEqual(received[1].payload, user);
  });

  it('runs for the chosen tags only', async () => {
    await start([
      trigger(['take'], {
        trigger: 'tag-attached-after-save',
        scope: 'event',
        locality: 'any',
        tags: ['tlp:red'],
      }),
      take,
    ]);
    assert.deepEqual(
      (await query(port, 'test_module', event(['tlp:green'], { Attribute: undefined }))).json,
      { data: true },
    );
    assert.deepEqual((await query(port, 'test_module', event(['tlp:red'], { Attribute: undefined }))).json, {
      data: true,
    });
    await until(() => received.length === 1);
    assert.match(JSON.stringify(received[0].payload), /tlp:red/);
  });

  it('refuses a module name that another trigger has, and one that MISP cannot take', async () => {
    const log = collectLog(nodeRed.RED);
    await start([
      trigger(['take']),
      trigger(['take'], {}, 'two'),
      trigger(['take'], { module: 'Not-good' }, 'three'),
      take,
    ]);
    log.stop();
    assert.deepEqual(await modules(), ['test_module']);
    assert.match(log.text(), /Another trigger already announces the module test_module/);
    assert.match(log.text(), /lower-case letters, digits and underscores/);
  });

  it('requires an explicit answer when told to', async () => {
    await start([
      trigger(['if'], { goOn: 'response', deadline: 0.4 }),
      ifTag('if', 'tlp:green', ['go']),
      node('go', 'misp-response', [], { answer: 'allow' }),
    ]);
    assert.deepEqual((await query(port, 'test_module', event(['tlp:green']))).json, { data: true });
    // Nothing can come any more, so MISP need not wait for the deadline.
    const silent = await answeredWithin(380, () => query(port, 'test_module', event(['tlp:red'])));
    assert.match(silent.json.error ?? '', /ended at misp-if-tag without an answer/);
  });

  it('goes on at the deadline and after errors, when that is its policy', async () => {
    const policy = { onError: 'allow', onDeadline: 'allow', deadline: 0.3 };
    await start([
      trigger(['never'], policy),
      node('never', 'function', [['stop']], { func: 'await new Promise(() => {});', outputs: 1 }),
      block(),
    ]);
    const late = await query(port, 'test_module', event([]));
    assert.deepEqual(late.json, { data: true });
    assert.ok(late.ms >= 280);
    await start([
      trigger(['bad', 'later'], { ...policy, deadline: 2 }),
      node('bad', 'function', [[]], { func: "throw new Error('bad')", outputs: 1 }),
      node('later', 'delay', [['if']], { pauseType: 'delay', timeout: '200', timeoutUnits: 'milliseconds' }),
      ifTag('if', 'tlp:red', ['stop']),
      block(),
    ]);
    assert.deepEqual((await query(port, 'test_module', event(['tlp:green']))).json, { data: true });
    assert.deepEqual((await query(port, 'test_module', event(['tlp:red']))).json, {
      error: 'blocked by the flow',
    });
  });

  it('keeps a deleted flow announced and blocking', async () => {
    await start([trigger(['take']), trigger(['take'], { module: 'kept' }, 'two'), take]);
    await deploy(
      nodeRed.RED,
      [tab, listener(port), trigger(['take'], { module: 'kept' }, 'two'), take],
      credentials,
    );
    assert.deepEqual((await modules()).sort(), ['kept', 'test_module']);
    const reply = await query(port, 'test_module', event([]));
    assert.match(reply.json.error ?? '', /gone/);
    assert.deepEqual((await query(port, 'kept', event([]))).json, { data: true });
  });
});
