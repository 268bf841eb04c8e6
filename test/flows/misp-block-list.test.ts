import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { until } from '../support/until';
import { MispNodeTest, type TestMessage } from '../support/misp-node';

const uuidOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const attribute = (number: number, value: string, more: object = {}) => ({
  ...{ uuid: uuidOf(number), type: 'domain', value, to_ids: true },
  ...more,
});
const several = (count: number) =>
  Array.from({ length: count }, (_, index) => attribute(index, `n${index}.example`));
interface Report {
  added: string[];
  removed: string[];
  entries: number;
  held?: string;
  dryRun?: boolean;
}

describe('misp-block-list', function () {
  this.timeout(30_000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  const folder = () => path.join(test.nodeRed.userDir, 'misp-workflows/lists');
  const file = () => path.join(folder(), 'fw.txt');
  const onDisk = () => (existsSync(file()) ? readFileSync(file(), 'utf8') : undefined);
  async function deployed(settings: object = {}, list: object = {}): Promise<void> {
    await test.deploy('misp-sighting', {});
    rmSync(folder(), { recursive: true, force: true });
    const kept = { id: 'kept', type: 'misp-firewall-list', version: 1, list: 'fw', serve: false, ...list };
    await test.deploy('misp-block-list', { list: 'kept', ...settings, beside: [kept] });
  }
  /** What the node tells behind it. */
  async function report(payload: unknown, more: TestMessage = {}): Promise<Report> {
    test.sent.length = 0;
    const [message] = await test.send({ payload, ...more });
    assert.equal(message.payload, payload, 'the message goes on as it came');
    return (message.misp as { list: Report }).list;
  }

  it('tells what came and what went', async () => {
    await deployed();
    const event = { Event: { id: '1', info: 'x', Attribute: several(3) } };
    assert.deepEqual(await report(event), {
      ...{ name: 'fw', added: ['n0.example', 'n1.example', 'n2.example'], removed: [], entries: 3 },
    });
    assert.equal(onDisk(), 'n0.example\nn1.example\nn2.example\n');
    const { added, removed } = await report([attribute(1, 'n1.example', { to_ids: false })]);
    assert.deepEqual([added, removed], [[], ['n1.example']]);
    assert.deepEqual(await report([attribute(0, 'n0.example')]), {
      ...{ name: 'fw', added: [], removed: [], entries: 2 },
    });
  });

  it('replaces the list, and takes off what came from an event', async () => {
    await deployed({ change: 'replace' });
    await report(several(3));
    assert.deepEqual((await report(several(2))).removed, ['n2.example']);
    await test.deploy('misp-block-list', {
      ...{ list: 'kept', change: 'remove' },
      beside: [{ id: 'kept', type: 'misp-firewall-list', version: 1, list: 'fw', serve: false }],
    });
    assert.deepEqual((await report([attribute(1, '')])).removed, ['n1.example']);
    assert.equal(onDisk(), 'n0.example\n');
  });

  it('is held back where the list would shrink too much, be empty or too long', async () => {
    await deployed({ change: 'replace', onFailure: 'stop' }, { shrink: 20, most: 100 });
    await report(several(100));
    const before = onDisk();
    for (const [count, why] of [
      [79, /would lose 21 of 100/],
      [0, /would be empty/],
      [101, /would have 101 entries, and may have 100/],
    ] as const) {
      test.errors.length = 0;
      assert.match(await test.fail({ payload: several(count) }), why);
      assert.equal(onDisk(), before);
    }
    test.errors.length = 0;
    assert.equal((await report(several(80))).entries, 80);
    assert.equal((await report([], { allowShrink: true })).entries, 0);
    assert.equal(onDisk(), '');
  });

  it('goes on with the reason, where it is told to', async () => {
    await deployed({ change: 'replace' });
    await report(several(10));
    test.receive({ payload: [] });
    await until(() => test.sent.length > 1, 5000);
    const { held, entries } = (test.sent.at(-1)?.message.misp as { list: Report }).list;
    assert.deepEqual([held, entries], ['it would be empty', 10]);
  });

  it('only says what it would do in a dry run and a test run', async () => {
    await deployed({ dryRun: true });
    const told = await report(several(2));
    assert.deepEqual([told.added.length, told.entries, told.dryRun], [2, 2, true]);
    assert.equal(onDisk(), undefined);
    await deployed();
    assert.equal((await report(several(2), { misp: { test: true } })).dryRun, true);
    assert.equal(onDisk(), undefined);
    const { result } = test.sent[0].message.misp as { result: { operations: { operation: object }[] } };
    assert.deepEqual(JSON.parse(JSON.stringify(result.operations[0].operation)), {
      ...{ do: 'update-list', list: 'fw', added: 2, removed: 0 },
    });
  });

  it('takes off by a local tag, and never lists an exception', async () => {
    await deployed({ removalTags: ['firewall:never'] }, { never: ['example.org'] });
    const tag = (local: boolean) => ({ Tag: [{ name: 'firewall:never', local }] });
    assert.deepEqual((await report([...several(2), attribute(8, 'www.example.org')])).entries, 2);
    assert.equal((await report([attribute(0, 'n0.example', tag(false))])).entries, 2);
    assert.deepEqual((await report([attribute(0, 'n0.example', tag(true))])).removed, ['n0.example']);
    assert.equal((await report([attribute(7, 'n0.example')])).entries, 1);
  });

  it('says that a message has no attributes, or that MISP left them out', async () => {
    await deployed({ onFailure: 'stop' });
    assert.match(await test.fail({ payload: 'evil.example' }), /event/);
    test.errors.length = 0;
    assert.match(await test.fail({ payload: { Event: { id: '1', attribute_count: '9' } } }), /attributes/);
  });

  it('loses nothing of many messages at once', async () => {
    await deployed();
    test.sent.length = 0;
    for (const one of several(200)) test.receive({ payload: [one] });
    await test.send({ payload: [] }, 201, 20_000);
    assert.equal(onDisk()?.split('\n').length, 201);
  });

  it('says which list is missing', async () => {
    await test.deploy('misp-block-list', { list: '', onFailure: 'stop' });
    assert.match(await test.fail({ payload: [] }), /Choose the list/);
  });
});
