import { strict as assert } from 'node:assert';
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { LIMITS, opened, removeFolders, SOON, Store, storedRun, storeFolder } from '../support/store';
import { until } from '../support/until';
import { words } from '../../src/text';

/** A process that writes to a store. */
function writer(folder: string, from: number) {
  const child = fork(path.join(__dirname, '../support/store-child.mjs'), [folder, String(from)], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const heard: { state?: { state: string; problem?: never }; kept: number } = { kept: from };
  child.on('message', (message: number | { state: string; problem?: never }) => {
    if (typeof message === 'number') heard.kept = message;
    else heard.state = message;
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return { heard, ended, kill: () => child.kill('SIGKILL') };
}

describe('the store of a process that is killed', function () {
  this.timeout(600_000);
  afterEach(removeFolders);

  it('opens 50 times after 50 kills at random moments, with all that was kept and no half run', async () => {
    const folder = storeFolder();
    let kept = 0;
    for (let kill = 0; kill < 50; kill++) {
      const { heard, ended, kill: end } = writer(folder, kept);
      await until(() => heard.state !== undefined);
      assert.equal(heard.state?.state, 'open', heard.state?.problem && words(heard.state.problem));
      // In some rounds while it is only beginning to write.
      if (kill % 5 > 0) await until(() => heard.kept > kept);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      end();
      await ended;
      ({ kept } = heard);
      const store = await opened(new Store(folder, { ...LIMITS, runs: 2000 }, SOON));
      assert.equal(store.current.state, 'open');
      const { rows, total } = await store.list({ most: 5000 });
      assert.equal(rows.length, total);
      const numbers = rows
        .map((row) => Number((JSON.parse(row) as { run: string }).run.slice(1)))
        .sort((a, b) => a - b);
      // All that was kept is there, whole, and of what was being written all or nothing.
      const last = numbers.at(-1) ?? -1;
      assert.ok(last + 1 >= kept && (last + 1) % 20 === 0, `${last} of ${kept}`);
      assert.equal(last - (numbers[0] ?? 0) + 1, numbers.length || 1 + last);
      for (const number of [numbers[0], kept - 1, last]) {
        if (number === undefined || number < 0) continue;
        const details = JSON.parse((await store.get(`r${number}`))?.details ?? '{}') as {
          n?: number;
          long?: string;
        };
        assert.deepEqual([details.n, details.long?.length], [number, 4000]);
      }
      store.close();
      kept = last + 1;
    }
    assert.ok(kept > 1000, String(kept));
  });

  it('refuses a second process in words, and takes over when the first was killed', async () => {
    const folder = storeFolder();
    const first = writer(folder, 0);
    await until(() => first.heard.kept > 0);
    const second = new Store(folder, LIMITS, SOON);
    await opened(second);
    assert.match(
      second.current.state === 'failed' ? words(second.current.problem) : '',
      /Another process \(\d+ on/,
    );
    await assert.rejects(second.record([storedRun('mine')]), /not open/);
    first.kill();
    await first.ended;
    await until(() => second.current.state === 'open');
    await second.record([storedRun('mine')]);
    assert.ok(await second.get('r0'));
    second.close();
  });

  it('takes over by silence where the other process cannot be looked up', async () => {
    const folder = storeFolder();
    (await opened(new Store(folder, LIMITS, SOON))).close();
    for (const left of [
      JSON.stringify({ token: 'x', pid: 1, host: 'elsewhere', space: '', began: '' }),
      '{"half',
    ]) {
      writeFileSync(path.join(folder, 'owner'), left);
      const store = await opened(new Store(folder, LIMITS, SOON));
      assert.equal(store.current.state, 'open');
      store.close();
    }
  });
});
