import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunList, RunPage } from '../../nodes/plugin/api';
import { allow, block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { PACE } from '../../src/store/protocol';
import { bytesIn, LIMITS, opened, Store } from '../support/store';

describe('misp-store', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let userDir = '';
  let port = 0;
  const folder = () => path.join(userDir, 'misp-workflows/history');

  const start = async () => (nodeRed = await startNodeRed({ userDir }));
  const restart = async () => {
    await nodeRed.stop();
    await start();
  };
  beforeEach(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-history-'));
    port = await freePort();
    await start();
  });
  afterEach(async () => {
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const decides = [trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['go']), block(), allow()];
  const store = (settings: object = {}): FlowNode => ({ id: 'store', type: 'misp-store', ...settings });
  async function deployed(...flow: FlowNode[]): Promise<void> {
    await deploy(nodeRed.RED, [tab, listener(port, { store: 'store' }), ...flow], credentials);
    await listening(port);
  }
  const admin = async <T>(route: string, method = 'GET') => {
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${route}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    return (await response.json()) as T;
  };
  const list = (filter = '') => admin<RunList>(`runs?${filter}`);
  const ask = (tags: string[], more: object = {}, module = 'test_module') =>
    query(port, module, event(tags, more));
  async function until<T>(ask: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
    for (const end = Date.now() + 20_000; ;) {
      const found = await ask();
      if (holds(found)) return found;
      if (Date.now() > end) assert.fail(JSON.stringify(found).slice(0, 2000));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  /** As long as the store waits with its start, and gathers what it writes. */
  const isOpen = () => new Promise((resolve) => setTimeout(resolve, PACE.startMs + 2000));

  it('is not needed: what happened lasts over a restart, the data of events does not', async () => {
    await deployed(...decides);
    await ask(['tlp:red'], { info: 'Secret operation', Attribute: [{ value: 'sentinel-data' }] });
    await ask(['tlp:green'], { info: 'Everyday phishing' });
    await isOpen();
    const before = (await list()).rows;
    await restart();
    await listening(port);
    assert.ok(!bytesIn(folder()).includes('sentinel-data'));
    const { rows, total, trouble } = await until(list, ({ rows }) => rows.length === 2);
    assert.deepEqual(rows, before);
    assert.deepEqual([total, trouble], [2, []]);
    assert.deepEqual((await list('text=secret')).rows[0].about?.info, 'Secret operation');
    assert.deepEqual((await list('outcome=allow&event=1')).rows[0].about?.info, 'Everyday phishing');
    const { record, replayable } = await admin<RunPage>(`runs/${before[1].run}`);
    assert.deepEqual([record.steps[0].what, record.way?.nodes.length, replayable], ['decided', 3, false]);
    // New runs stand before old ones, and the list goes on where it ended.
    await ask(['tlp:red'], { info: 'Newest' });
    const now = await list();
    assert.deepEqual(
      now.rows.map(({ about }) => about?.info),
      ['Newest', 'Everyday phishing', 'Secret operation'],
    );
    for (const [index, { run }] of now.rows.entries())
      assert.deepEqual((await list(`before=${run}`)).rows, now.rows.slice(index + 1));
    assert.equal(statSync(folder()).mode & 0o777, 0o700);
  });

  it('keeps the data of events where it is told to, for a replay after a restart', async () => {
    await deployed(store({ data: true }), ...decides);
    await ask(['tlp:red']);
    await isOpen();
    await restart();
    const [{ run }] = (await until(list, ({ rows }) => rows.length === 1)).rows;
    assert.equal((await admin<RunPage>(`runs/${run}`)).replayable, true);
    const { record } = await admin<RunPage>(`runs/${run}/replay`, 'POST');
    assert.deepEqual([record.test, record.outcome, record.reason], [true, 'block', 'blocked by the flow']);
    await deployed(store({ data: false }), ...decides);
    assert.equal((await admin<RunPage>(`runs/${run}`)).replayable, false);
  });

  it('keeps nothing on disk, or nothing at all, where it is told to', async () => {
    await deployed(store({ keep: 'memory' }), ...decides);
    await ask(['tlp:red']);
    assert.equal((await list()).rows.length, 1);
    await deployed(store({ keep: 'nothing' }), ...decides);
    assert.equal((await ask(['tlp:red'])).json.error, 'blocked by the flow');
    assert.deepEqual((await list()).rows, []);
    await deployed(store({ keep: 'memory' }), ...decides);
    await ask(['tlp:red']);
    assert.equal((await list()).rows.length, 1);
    assert.ok(!bytesIn(folder()).includes('A test event'));
  });

  it('stays open over redeploys of all kinds', async () => {
    await deployed(...decides);
    for (const kind of ['full', 'nodes', 'flows']) {
      await ask(['tlp:red']);
      const flow = [tab, listener(port), ...decides, node(`more-${kind}`, 'misp-delay', [[]])];
      await deploy(nodeRed.RED, flow, credentials, kind);
      await listening(port);
    }
    await isOpen();
    await restart();
    await until(list, ({ rows }) => rows.length === 3);
  });

  it('forgets a run, or all of them', async () => {
    await deployed(...decides);
    await ask(['tlp:red'], { info: 'sentinel-one' });
    await ask(['tlp:red'], { info: 'sentinel-two' });
    await isOpen();
    await until(
      () => Promise.resolve(bytesIn(folder())),
      (bytes) => bytes.includes('sentinel-two'),
    );
    const [, { run }] = (await list()).rows;
    await admin(`runs/${run}`, 'DELETE');
    assert.ok(!bytesIn(folder()).includes('sentinel-one'));
    assert.deepEqual(
      (await list()).rows.map(({ about }) => about?.info),
      ['sentinel-two'],
    );
    await admin('runs/all', 'DELETE');
    assert.ok(!bytesIn(folder()).includes('sentinel'));
    assert.deepEqual([(await list()).rows, (await list()).total], [[], 0]);
  });

  it('keeps no secret of a user, and nothing of configured paths', async () => {
    const hidden = ['Event.Attribute.{n}.comment', 'Event.Orgc.name', 'User.email'];
    const condition = node('cond', 'misp-if', [['go'], ['go']], {
      value: 'x',
      operator: 'equals',
      path: 'Event.Attribute.0.comment',
    });
    const users = (name: string, keepSecrets: boolean) => {
      const more = { trigger: 'user-after-save', module: name, keepSecrets };
      return [
        trigger([`if-${name}`], more, `t-${name}`),
        node(`if-${name}`, 'misp-if', [[], []], {
          ...{ value: 'x', operator: 'equals', path: 'User.authkey' },
        }),
      ];
    };
    await deployed(
      store({ data: true, hidden }),
      trigger(['cond']),
      condition,
      allow(),
      ...users('without', false),
      ...users('with', true),
    );
    const attribute = { type: 'text', value: 'shown-value', comment: 'sentinel-comment' };
    await ask([], {
      info: 'what sentinel-comment is about',
      Orgc: { name: 'sentinel-org' },
      Attribute: [attribute],
      _AttributeFlattened: [attribute],
    });
    const user = { id: '7', email: 'sentinel-mail', authkey: 'sentinel-key', password: 'sentinel-password' };
    for (const name of ['without', 'with']) await query(port, name, { User: user });
    await isOpen();
    const { rows } = await until(list, ({ rows }) => rows.length === 3 && rows.every(({ ended }) => ended));
    const [run] = rows.filter(({ module }) => module === 'test_module');
    assert.match(run.about?.info ?? '', /^what \(hidden\) is about$/);
    for (const row of rows) assert.doesNotMatch(JSON.stringify(await admin(`runs/${row.run}`)), /sentinel/);
    await nodeRed.stop();
    assert.ok(!bytesIn(folder()).includes('sentinel'));
    // What runs began with is compressed in the file.
    const file = await opened(new Store(folder(), { ...LIMITS, inputs: { bytes: 1e6, days: 1 } }));
    for (const row of rows) {
      const { input } = (await file.get(row.run)) ?? {};
      const text = Buffer.from(input?.bytes ?? '').toString();
      assert.ok(text.includes(row === run ? 'shown-value' : '"id":"7"'), `${row.module}: ${text}`);
      assert.doesNotMatch(text.replace('what sentinel-comment is', ''), /sentinel/);
    }
    file.close();
    await start();
    await until(list, ({ rows }) => rows.length === 3);
    const { record } = await admin<RunPage>(`runs/${run.run}/replay`, 'POST');
    assert.deepEqual([record.outcome, record.steps[0].what], ['allow', 'decided']);
  });

  it('is there once: a second one says so and changes nothing', async () => {
    const log = collectLog(nodeRed.RED);
    await deployed(store({ keep: 'memory' }), { ...store({ keep: 'disk' }), id: 'store2' }, ...decides);
    await ask(['tlp:red']);
    assert.match(log.text(), /Another MISP store node says already/);
    assert.ok(!bytesIn(folder()).includes('A test event'));
    log.stop();
  });

  it('writes nothing to the disk while it is not set up', async () => {
    await deployed(store({ hidden: ['Event.{x}'] }), ...decides);
    assert.equal((await ask(['tlp:red'])).json.error, 'blocked by the flow');
    assert.equal((await list()).rows.length, 1);
    assert.ok(!bytesIn(folder()).includes('A test event'));
    await deployed(store({ days: 0 }), ...decides);
    assert.ok(!bytesIn(folder()).includes('A test event'));
  });

  it('answers MISP, and says what is wrong, while its folder cannot be used', async () => {
    await nodeRed.stop();
    rmSync(folder(), { recursive: true, force: true });
    mkdirSync(path.dirname(folder()), { recursive: true });
    writeFileSync(folder(), 'a file in the place of the folder');
    await start();
    const log = collectLog(nodeRed.RED);
    await deployed(store(), ...decides);
    assert.equal((await ask(['tlp:red'])).json.error, 'blocked by the flow');
    const { trouble, rows } = await until(list, ({ trouble }) => trouble.length > 0);
    assert.match(trouble[0], /cannot be written to/);
    assert.equal(rows.length, 1);
    assert.match(log.text(), /cannot be written to/);
    rmSync(folder());
    await until(list, ({ trouble }) => trouble.length === 0);
    await until(() => Promise.resolve(existsSync(path.join(folder(), 'runs.sqlite'))), Boolean);
    await restart();
    assert.equal((await until(list, ({ rows }) => rows.length === 1)).rows[0].outcome, 'block');
    log.stop();
  });
});
