import { strict as assert } from 'node:assert';
import { Recorder } from '../../src/history/recorder';
import { RunLog } from '../../src/history/run-log';
import type { Entry, Happening } from '../../src/runs/journal';
import type { StoredRun, Store } from '../../src/store/store';
import { until } from '../support/until';

const GATHER_MS = 500;

const node = { id: 'n', type: 'misp-trigger', label: '' };
const entry = (run: string, happening: Happening): Entry => ({ ...happening, run, at: Date.now(), node });

/** What is handed to a store, and how long that takes it. */
class Taken {
  readonly batches: string[][] = [];
  constructor(private readonly ms = 0) {}

  async record(runs: readonly StoredRun[]): Promise<void> {
    this.batches.push(runs.map(({ run }) => run));
    await new Promise((resolve) => setTimeout(resolve, this.ms));
  }

  get all(): string[] {
    return this.batches.flat();
  }
}

/** A log of the latest runs with its recorder, as the history has them. */
function recording(taken: Taken) {
  const looked = { times: 0 };
  const source = {
    record: (run: string) => (looked.times++, log.get(run)),
    input: () => undefined,
    inputSize: () => 0,
  };
  const isOpen = () => true;
  const recorder = new Recorder(taken as unknown as Store, source, isOpen, () => undefined);
  const log: RunLog = new RunLog((record) => recorder.note(record));
  let count = 0;
  const begin = (many: number) =>
    Array.from({ length: many }, () => {
      const id = `run-${count++}`;
      const received = { what: 'received', trigger: 'event-publish', module: 'm', blocking: true } as const;
      log.sink(entry(id, { ...received, test: false, about: { id: '1', info: 'a' } }));
      return id;
    });
  const end = (id: string) => {
    log.sink(entry(id, { what: 'answered', verdict: { outcome: 'allow', cause: 'response', reason: '' } }));
    log.sink(entry(id, { what: 'ended', known: true, way: { nodes: [], wires: [] } }));
  };
  return { begin, run: (many: number) => begin(many).forEach(end), recorder, looked };
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('what records the runs', () => {
  it('gathers few of them for a while', async () => {
    const taken = new Taken();
    const { run } = recording(taken);
    run(20);
    await pass(GATHER_MS / 2);
    assert.deepEqual(taken.batches, []);
    run(20);
    await pass(GATHER_MS);
    assert.deepEqual(
      taken.batches.map(({ length }) => length),
      [40],
    );
  });

  it('writes many at once, before those in memory give way to others', async () => {
    const taken = new Taken(20);
    const { run, recorder } = recording(taken);
    for (let round = 0; round < 5; round++) {
      run(900);
      await pass(GATHER_MS / 6);
    }
    await until(() => taken.all.length >= 4500);
    assert.equal(new Set(taken.all).size, 4500);
    // Of so many together the steps of most are left out, the runs are not.
    assert.match(JSON.stringify(recorder.leftOut), /"runs":0/);
  });

  it('does not look again and again while none of many has ended', async () => {
    const taken = new Taken();
    const { begin, looked } = recording(taken);
    const begun = performance.now();
    for (let tick = 0; tick < 50; tick++) {
      begin(20);
      await pass(2);
    }
    // Once early, and once and early again each time that few would be written.
    const most = 2 + (2 * (performance.now() - begun)) / GATHER_MS;
    assert.ok(looked.times <= 1000 * most, `looked ${looked.times} times`);
  });
});
