import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { SqliteStore } from '../../src/store/sqlite-store';
import { PACE } from '../../src/store/protocol';
import { words } from '../../src/text';
import {
  bytesIn,
  LIMITS,
  opened,
  removeFolders,
  SOON,
  storedRun,
  storeFolder,
  Store,
  until,
} from '../support/store';

describe('the store on disk', function () {
  this.timeout(60_000);
  const stores: SqliteStore[] = [];
  const open = async (folder: string, limits = LIMITS, pace = SOON) => {
    const store = new Store(folder, limits, pace);
    stores.push(store);
    return opened(store);
  };
  const runsOf = (rows: string[]) => rows.map((row) => (JSON.parse(row) as { run: string }).run);
  const problemOf = ({ current }: SqliteStore) => (current.state === 'failed' ? words(current.problem) : '');

  afterEach(() => {
    for (const store of stores.splice(0)) store.close();
    removeFolders();
  });

  it('has after a restart what it had before, found by all that it can be found by', async () => {
    const folder = storeFolder();
    const before = await open(folder);
    const input = { trigger: 'event-publish', bytes: Buffer.from('{"data":1}'), flattenedCut: true };
    const t = Date.now();
    await before.record([
      storedRun('a', { at: t + 1, eventId: '7', eventUuid: '091b', text: 'ransomware\n7', outcome: 'block' }),
      storedRun('b', { at: t + 2, trigger: 'event-after-save', failed: true }),
      storedRun('c', { at: t + 3, outcome: '', text: "50%_'\\" }),
    ]);
    before.close();
    const after = await open(folder, { ...LIMITS, inputs: { bytes: 1000, days: 1 } });
    const found = async (search: object, most = 9) => runsOf((await after.list({ most, ...search })).rows);
    assert.deepEqual(await found({}), ['c', 'b', 'a']);
    assert.deepEqual(await found({}, 2), ['c', 'b']);
    assert.deepEqual(await found({ before: 'c' }), ['b', 'a']);
    assert.deepEqual(await found({ before: 'none' }), []);
    assert.deepEqual(await found({ until: t + 3 }), ['b', 'a']);
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

  it('is for its owner alone', async () => {
    const folder = storeFolder();
    const mask = process.umask(0);
    try {
      const store = await open(folder);
      await store.record([storedRun('a')]);
      const modes = readdirSync(folder).map((name) => [name, statSync(path.join(folder, name)).mode & 0o777]);
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      assert.ok(modes.length >= 4, String(modes));
      for (const [name, mode] of modes)
        if (!String(name).endsWith('.lock')) assert.equal(mode, 0o600, String(name));
    } finally {
      process.umask(mask);
    }
  });

  it('keeps no more runs, bytes and days than it may, and gives the room back', async () => {
    const folder = storeFolder();
    const now = Date.now();
    const store = await open(folder, { runs: 50, bytes: 1e9, days: 1 });
    await store.record([storedRun('old', { at: now - 2 * 86_400_000 })]);
    const many = Array.from({ length: 80 }, (_, index) => storedRun(`r${index}`, { at: now + index }));
    await store.record(many);
    assert.equal(await store.get('old'), undefined);
    const { rows, total } = await store.list({ most: 100 });
    assert.deepEqual([rows.length, total, runsOf(rows).at(-1)], [50, 50, 'r30']);
    store.close();
    const small = await open(folder, { runs: 1e9, bytes: 1024 * 1024, days: 90 });
    const details = 'x'.repeat(10_000);
    for (let i = 0; i < 40; i++)
      await small.record(
        Array.from({ length: 20 }, (_, n) => storedRun(`s${i}-${n}`, { at: now + i, details })),
      );
    const { total: left } = await small.list({ most: 0 });
    assert.ok(left > 40 && left < 110, String(left));
    small.setLimits({ runs: 10, bytes: 1024 * 1024, days: 90 });
    assert.equal((await small.list({ most: 0 })).total, 10);
    small.close();
    const { size } = statSync(path.join(folder, 'runs.sqlite'));
    assert.ok(size < 300_000, String(size));
  });

  it('keeps what runs began with only where it is told to, within days and bytes', async () => {
    const folder = storeFolder();
    const at = Date.now();
    const bytes = Buffer.from(
      JSON.stringify({ data: randomBytes(3000).toString('base64'), authkey: 'sentinel' }),
    );
    const run = (name: string, when = at) =>
      storedRun(name, { at: when, input: { trigger: 't', bytes, flattenedCut: false } });
    const store = await open(folder);
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
    const folder = storeFolder();
    const store = await open(folder);
    const sentinel = (name: string) => `sentinel-${name}-`.repeat(50);
    const run = (name: string) =>
      storedRun(name, { at: Date.now(), text: sentinel(name), details: sentinel(name).repeat(20) });
    await store.record([run('one'), run('two'), run('three')]);
    assert.ok(bytesIn(folder).includes('sentinel-one-'));
    assert.equal(await store.forget({ run: 'one' }), 1);
    assert.equal(await store.forget({ run: 'one' }), 0);
    assert.ok(!bytesIn(folder).includes('sentinel-one-'));
    assert.ok(bytesIn(folder).includes('sentinel-two-'));
    assert.equal(await store.forget('all'), 2);
    assert.ok(!bytesIn(folder).includes('sentinel'));
    assert.equal((await store.list({ most: 9 })).total, 0);
    await store.record([run('four')]);
    assert.equal((await store.list({ most: 9 })).total, 1);
  });

  it('puts a damaged file aside, says so, and begins a new one', async () => {
    for (const damage of ['none of SQLite', 'cut']) {
      const folder = storeFolder();
      const before = await open(folder);
      await before.record(
        Array.from({ length: 500 }, (_, n) => storedRun(`r${n}`, { text: 'x'.repeat(500) })),
      );
      before.close();
      const file = path.join(folder, 'runs.sqlite');
      const whole = readFileSync(file);
      const broken = damage === 'cut' ? Buffer.from(whole) : Buffer.from(damage.repeat(1000));
      if (damage === 'cut') broken.fill(0xab, 100, whole.length);
      writeFileSync(file, broken);
      const notices: string[] = [];
      const store = new Store(folder, LIMITS, SOON);
      stores.push(store);
      store.on('notice', (notice) => notices.push(words(notice)));
      await opened(store);
      await store.list({ most: 9 }).catch(() => undefined);
      await store.record([storedRun('new')]).catch(() => store.record([storedRun('new')]));
      assert.deepEqual(runsOf((await store.list({ most: 9 })).rows), ['new']);
      assert.match(notices.join(), /damaged.*runs\.sqlite\.broken/);
      assert.deepEqual(readFileSync(`${file}.broken`).subarray(0, 50), broken.subarray(0, 50));
      store.close();
    }
  });

  it('leaves what a later version wrote as it is', async () => {
    const folder = storeFolder();
    (await open(folder)).close();
    const { Database } = (await import('node-sqlite3-wasm')).default;
    const database = new Database(path.join(folder, 'runs.sqlite'));
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA user_version = 99');
    database.close();
    assert.match(problemOf(await open(folder)), /later version/);
  });

  it('refuses a second one on its folder in words, until the first has ended', async () => {
    const folder = storeFolder();
    const first = await open(folder);
    const second = await open(folder);
    assert.match(problemOf(second), /Another process \(\d+ on .*user folder of its own/);
    await assert.rejects(second.record([storedRun('b')]), /not open/);
    await first.record([storedRun('a')]);
    first.close();
    await until(() => second.current.state === 'open');
    await second.record([storedRun('b')]);
    assert.equal((await second.list({ most: 9 })).total, 2);
  });

  it('says in words what it cannot write to, and works when it can', async function () {
    const folder = storeFolder();
    mkdirSync(path.dirname(folder), { recursive: true });
    writeFileSync(folder, 'a file where the folder should be');
    const store = await open(folder);
    assert.match(problemOf(store), /cannot be written to .*history.*EEXIST|ENOTDIR/);
    rmSync(folder);
    await until(() => store.current.state === 'open');
    await store.record([storedRun('a')]);
    if (process.getuid?.() === 0) return; // root may write everywhere
    const locked = storeFolder();
    chmodSync(path.dirname(locked), 0o500);
    assert.match(problemOf(await open(locked)), /EACCES/);
    chmodSync(path.dirname(locked), 0o700);
  });

  it('leaves some of the disk free', async () => {
    const folder = storeFolder();
    const store = await open(folder, LIMITS, { ...SOON, spare: Number.MAX_SAFE_INTEGER });
    assert.match(problemOf(store), /disk with .* is full/);
    await assert.rejects(store.record([storedRun('a')]), /full/);
    assert.equal((await store.list({ most: 9 })).total, 0);
  });

  it('goes on when its folder was taken away', async () => {
    const folder = storeFolder();
    const store = await open(folder);
    await store.record([storedRun('a')]);
    rmSync(folder, { recursive: true });
    await store.record([storedRun('b')]).catch(() => undefined);
    await until(() => existsSync(path.join(folder, 'runs.sqlite')));
    await until(() => store.current.state === 'open');
    await store.record([storedRun('c')]);
    assert.deepEqual(runsOf((await store.list({ most: 9 })).rows).slice(0, 1), ['c']);
  });

  it('has bounds of its own that leave room', () => {
    assert.ok(PACE.spare > PACE.reserve);
  });
});
