import { strict as assert } from 'node:assert';
import { Journal, type Entry } from '../../src/runs/journal';
import { words } from '../../src/text';

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const node = { id: 'n', type: 'misp-if-tag', name: 'TLP' };

describe('the journal of runs', () => {
  it('hands on what happened, in order, after the flow had its turn', async () => {
    const journal = new Journal((problem) => assert.fail(words(problem)));
    const seen: Entry[] = [];
    const end = journal.attach((entry) => seen.push(entry));
    journal.write('r', { what: 'decided', way: 'then', found: ['tlp:red'] }, node);
    journal.write('r', { what: 'ended', known: true });
    assert.equal(seen.length, 0);
    await turn();
    assert.deepEqual(
      seen.map(({ run, what }) => [run, what]),
      [
        ['r', 'decided'],
        ['r', 'ended'],
      ],
    );
    assert.deepEqual(seen[0].node, { id: 'n', type: 'misp-if-tag', label: 'misp-if-tag "TLP"' });
    assert.ok(Math.abs(seen[0].at - Date.now()) < 1000);
    end();
    journal.write('r', { what: 'ended', known: true });
    await turn();
    assert.equal(seen.length, 2);
  });

  it('reports what a sink throws once, and serves the others', async () => {
    const reports: string[] = [];
    const journal = new Journal((problem) => reports.push(words(problem)));
    let seen = 0;
    journal.attach(() => {
      throw new Error('disk full');
    });
    journal.attach(() => void seen++);
    for (let i = 0; i < 3; i++) journal.write('r', { what: 'ended', known: true });
    await turn();
    assert.deepEqual([seen, reports], [3, ['Error: disk full']]);
  });

  it('lets nobody change an entry, nor others see the change', async () => {
    const reports: string[] = [];
    const journal = new Journal((problem) => reports.push(words(problem)));
    journal.attach((entry) => void ((entry as { run: string }).run = 'changed'));
    const runs: string[] = [];
    journal.attach(({ run }) => runs.push(run));
    journal.write('r', { what: 'ended', known: true });
    await turn();
    assert.deepEqual(runs, ['r']);
    assert.equal(reports.length, 1);
  });

  it('keeps a bounded number, and says how many it dropped', async () => {
    const reports: string[] = [];
    const journal = new Journal((problem) => reports.push(words(problem)));
    let seen = 0;
    journal.attach(() => void seen++);
    for (let i = 0; i < 12_000; i++) journal.write('r', { what: 'ended', known: true });
    await turn();
    assert.equal(seen, 10_000);
    assert.deepEqual(reports, ['2000 entries were dropped']);
  });
});
