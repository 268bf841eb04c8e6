import { strict as assert } from 'node:assert';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KeptList, type ListSettings } from '../../src/block-list/kept-list';
import { readSaved } from '../../src/block-list/saved';
import { fetchDuringUpdates } from '../support/list-load';
import { root } from '../support/node-red';

describe('a block list on disk', function () {
  this.timeout(60_000);
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'misp-list-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is the old one or the new one when its process is killed while it is written', async () => {
    const entries = 3000;
    const text = (file: string) => readFileSync(path.join(folder, file), 'utf8');
    /** The number that all lines have. */
    const roundIn = (file: string) => {
      const lines = text(file).trimEnd().split('\n');
      assert.equal(lines.length, entries);
      const rounds = new Set(lines.map((line) => line.split('.')[1]));
      assert.equal(rounds.size, 1, 'parts of two');
      return [...rounds][0];
    };
    let before = '';
    for (const waitMs of [0, 2, 5, 9, 14, 20, 27]) {
      const child = fork(path.join(root, 'test/support/list-child.mjs'), [folder, String(entries)]);
      await once(child, 'message');
      await once(child, 'message');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const round = roundIn('fw.txt');
      assert.ok(round > before);
      before = round;
      if (existsSync(path.join(folder, 'fw.old.txt'))) roundIn('fw.old.txt');
      const { sources = [] } = readSaved(text('fw.sources')) ?? {};
      const rounds = new Set([...sources].map(([, { values }]) => values[0].split('.')[1]));
      assert.equal(rounds.size, 1);
      assert.ok([...rounds][0] >= round, 'the list is never ahead of what it is kept from');
    }
  });

  it('is kept whole again if somebody removes what it is kept from', async () => {
    const guard = { shrinkPercent: 100, mayBeEmpty: true, most: 1000 };
    const settings: ListSettings = {
      ...{ name: 'fw', format: 'plain', holds: 'all', subdomains: false, never: [], days: 0, guard },
      ...{ snapshots: 0, folder },
    };
    const list = new KeptList(settings);
    const at = Math.floor(Date.now() / 1000);
    const put = async (...names: string[]) => {
      const sources = names.map((name) => [`=${name}`, { at, values: [`${name}.example`] }] as const);
      return list.change({ whole: false, put: new Map(sources), drop: new Set() });
    };
    await put('a', 'b', 'c', 'd');
    await put('e');
    rmSync(path.join(folder, 'fw.sources'));
    assert.deepEqual((await put('f')).held, undefined);
    await put('g');
    await list.close();
    const { sources = [] } = readSaved(readFileSync(path.join(folder, 'fw.sources'), 'utf8')) ?? {};
    assert.deepEqual([...sources].map(([key]) => key).sort(), ['=a', '=b', '=c', '=d', '=e', '=f', '=g']);
    assert.equal(readFileSync(path.join(folder, 'fw.txt'), 'utf8').trim().split('\n').length, 7);
  });

  it('is never torn for who fetches it while it changes', async () => {
    const load = { folder, entries: 20_000, updates: 20, clients: 10, changing: 50 };
    const { wrong, unknown, whole, lists } = await fetchDuringUpdates(load);
    assert.deepEqual([wrong, unknown], [[], []]);
    assert.ok(whole > 10 && lists > 1, `${whole} lists`);
  });
});
