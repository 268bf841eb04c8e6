import { strict as assert } from 'node:assert';
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
import { hostname } from 'node:os';
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
} from '../support/store';
import { until } from '../support/until';
import { behavesAsStore } from '../support/store-contract';

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

  let folderOfAll = '';
  beforeEach(() => (folderOfAll = storeFolder()));
  behavesAsStore({
    open: (limits) => open(folderOfAll, limits),
    bytes: () => Promise.resolve(bytesIn(folderOfAll)),
  });

  it('leaves its folder to others when it is closed while it opens', async () => {
    const folder = storeFolder();
    (await open(folder)).close();
    // A thread of this process has left it: whether it lives is waited for.
    const left = { token: 'x', pid: process.pid, host: hostname(), space: '', began: '' };
    writeFileSync(path.join(folder, 'owner'), JSON.stringify(left));
    const early = new Store(folder, LIMITS, SOON);
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.equal(early.current.state, 'opening');
    early.close();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal(existsSync(path.join(folder, 'owner')), false);
    assert.equal((await open(folder)).current.state, 'open');
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
