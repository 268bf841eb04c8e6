import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import type { StoreLimits } from '../../src/store/store';
import type { ThreadStore } from '../../src/store/thread-store';
import { LIMITS, storedRun } from './store';

/** A kind of store. What is opened again has what was there before, in the same test. */
export interface StoreKind {
  open: (limits?: StoreLimits) => Promise<ThreadStore>;
  /** All that stands in its files. */
  bytes: () => Promise<Buffer>;
}

export const runsOf = (rows: string[]) => rows.map((row) => (JSON.parse(row) as { run: string }).run);

/** What every store of runs does. */
export function behavesAsStore({ open, bytes: bytesOf }: StoreKind): void {
  it('has after a restart what it had before, found by all that it can be found by', async () => {
    const before = await open();
    const input = { trigger: 'event-publish', bytes: Buffer.from('{"data":1}'), flattenedCut: true };
    const t = Date.now();
    await before.record([
      storedRun('a', { at: t + 1, eventId: '7', eventUuid: '091b', text: 'ransomware\n7', outcome: 'block' }),
      storedRun('b', { at: t + 2, trigger: 'event-after-save', failed: true }),
      storedRun('c', { at: t + 3, outcome: '', text: "50%_'\\" }),
    ]);
    before.close();
    const after = await open({ ...LIMITS, inputs: { bytes: 1000, days: 1 } });
    const found = async (search: object, most = 9) => runsOf((await after.list({ most, ...search })).rows);
    assert.deepEqual(await found({}), ['c', 'b', 'a']);
    assert.deepEqual(await found({}, 2), ['c', 'b']);
    assert.deepEqual(await found({ before: 'c' }), ['b', 'a']);
    assert.deepEqual(await found({ before: 'none' }), []);
    assert.deepEqual(await found({ until: t + 3 }), ['b', 'a']);
    assert.deepEqual(await found({ older: { at: t + 3, run: 'c' } }), ['b', 'a']);
    assert.deepEqual(await found({ older: { at: t + 3, run: 'not there' } }), ['c', 'b', 'a']);
    assert.deepEqual(await found({ older: { at: t + 2, run: 'a' } }), ['a']);
    assert.deepEqual(await found({ event: '7' }), ['a']);
    assert.deepEqual(await found({ event: '091B' }), ['a']);
    assert.deepEqual(await found({ outcome: 'block' }), ['a']);
    assert.deepEqual(await found({ outcome: 'failed' }), ['b']);
    assert.deepEqual(await found({ outcome: 'open' }), ['c']);
    assert.deepEqual(await found({ trigger: 'event-after-save' }), ['b']);
    assert.deepEqual(await found({ text: ' RANSOM ' }), ['a']);
    for (const text of ['%', '_', "'", '\\', '" OR 1', "' OR '1"])
      assert.deepEqual(await found({ text }), text.length > 1 ? [] : ['c'], text);
    assert.equal((await after.list({ most: 0 })).total, 3);
    // One that is known is replaced.
    const now = Date.now();
    await after.record([storedRun('b', { at: now, outcome: 'block', input })]);
    const { outcome, at, failed, input: kept } = (await after.get('b')) ?? {};
    assert.deepEqual([outcome, at, failed], ['block', now, false]);
    assert.deepEqual(kept && { ...kept, bytes: Buffer.from(kept.bytes) }, input);
    assert.equal(await after.get('x'), undefined);
    assert.equal((await after.list({ most: 0 })).total, 3);
  });

  it('keeps no more runs and days than it may', async () => {
    const now = Date.now();
    const store = await open({ runs: 50, bytes: 1e9, days: 1 });
    await store.record([storedRun('old', { at: now - 2 * 86_400_000 })]);
    await store.record(Array.from({ length: 80 }, (_, index) => storedRun(`r${index}`, { at: now + index })));
    assert.equal(await store.get('old'), undefined);
    const { rows, total } = await store.list({ most: 100 });
    assert.deepEqual([rows.length, total, runsOf(rows).at(-1)], [50, 50, 'r30']);
    store.setLimits({ runs: 10, bytes: 1e9, days: 90 });
    assert.equal((await store.list({ most: 0 })).total, 10);
  });

  it('gives runs of one moment in an order that parts of the list keep', async () => {
    const store = await open();
    const at = Date.now();
    const names = ['B', 'a', '_', '0', 'z', '-'];
    await store.record(names.map((run) => storedRun(run, { at })));
    const all = runsOf((await store.list({ most: 9 })).rows);
    assert.deepEqual([...all].sort(), [...names].sort());
    for (const [index, run] of all.entries()) {
      for (const search of [{ before: run }, { older: { at, run } }])
        assert.deepEqual(runsOf((await store.list({ most: 9, ...search })).rows), all.slice(index + 1));
    }
  });

  it('takes any text for a text', async () => {
    const store = await open();
    const names = ['__proto__', 'constructor', '*', '%s', 'a:b', 'run:x', '\n', '\u{1F600}', "';--"];
    const long = 'x'.repeat(1_000_000);
    await store.record(
      names.map((run, at) =>
        storedRun(run, { at: Date.now() + at, trigger: run, text: run, details: `"${long}"` }),
      ),
    );
    for (const name of names) {
      assert.equal((await store.get(name))?.run, name);
      assert.equal((await store.get(name))?.details.length, long.length + 2);
      assert.deepEqual(runsOf((await store.list({ most: 9, trigger: name })).rows), [name]);
      assert.equal(await store.forget({ run: name }), 1);
    }
    assert.equal((await store.list({ most: 0 })).total, 0);
    assert.deepEqual((await store.list({ most: 9, before: '__proto__', text: '[%a-' })).rows, []);
  });

  it('keeps what runs began with only where it is told to, within days and bytes', async () => {
    const at = Date.now();
    const bytes = Buffer.from(
      JSON.stringify({ data: randomBytes(3000).toString('base64'), authkey: 'sentinel' }),
    );
    const run = (name: string, when = at) =>
      storedRun(name, { at: when, input: { trigger: 't', bytes, flattenedCut: false } });
    const store = await open();
    await store.record([run('a')]);
    assert.equal((await store.get('a'))?.input, undefined);
    store.setLimits({ ...LIMITS, inputs: { bytes: 13_000, days: 7 } });
    for (const name of ['b', 'c', 'd', 'e', 'f']) await store.record([run(name)]);
    await store.record([run('old', at - 8 * 86_400_000)]);
    const has = async (name: string) => (await store.get(name))?.input !== undefined;
    assert.deepEqual([await has('b'), await has('f'), await has('old')], [false, true, false]);
    assert.doesNotMatch(Buffer.from((await store.get('f'))?.input?.bytes ?? '').toString(), /sentinel/);
    // What cannot be read is not kept, and keeps nothing else from being kept.
    const broken = { trigger: 't', bytes: Buffer.from('{"a":'), flattenedCut: false };
    await store.record([storedRun('g', { input: broken }), storedRun('h')]);
    assert.deepEqual([await has('g'), (await store.get('h'))?.run], [false, 'h']);
    store.setLimits(LIMITS);
    assert.equal(await has('f'), false);
  });

  it('forgets so that no byte is left', async () => {
    const store = await open();
    const sentinel = (name: string) => `sentinel-${name}-`.repeat(50);
    const run = (name: string) =>
      storedRun(name, { at: Date.now(), text: sentinel(name), details: sentinel(name).repeat(20) });
    await store.record([run('one'), run('two'), run('three')]);
    assert.ok((await bytesOf()).includes('sentinel-one-'));
    assert.equal(await store.forget({ run: 'one' }), 1);
    assert.equal(await store.forget({ run: 'one' }), 0);
    assert.ok(!(await bytesOf()).includes('sentinel-one-'));
    assert.ok((await bytesOf()).includes('sentinel-two-'));
    assert.equal(await store.forget('all'), 2);
    assert.ok(!(await bytesOf()).includes('sentinel'));
    assert.equal((await store.list({ most: 9 })).total, 0);
    await store.record([run('four')]);
    assert.equal((await store.list({ most: 9 })).total, 1);
  });
}
