import { strict as assert } from 'node:assert';
import { MispRuns } from '../../src/history/misp-runs';
import type { RunRecord } from '../../src/history/record';
import type { DebugPost } from '../../src/runs/misp-debug';

const bytes = (value: unknown) => new Uint8Array(Buffer.from(JSON.stringify(value)));
const init = (trigger = 'event-publish'): DebugPost => ({
  stage: 'init',
  trigger,
  module: '',
  says: 'blocking',
});
const end = (says: string): DebugPost => ({ stage: 'end', trigger: 'event-publish', module: '', says });
const exec = (module: string): DebugPost => ({
  stage: 'exec',
  trigger: 'event-publish',
  module,
  says: 'success',
});
const of = (id: string) => bytes({ data: { original: { Event: { id } }, Event: { id } } });

describe("runs of MISP's own workflows", () => {
  let time = 1_000_000;
  let known: Map<string, RunRecord>;
  let runs: MispRuns;
  const states = () => [...known.values()].map(({ ended }) => ended);
  beforeEach(() => {
    known = new Map();
    runs = new MispRuns(
      () => undefined,
      (record) => known.set(record.run, record),
      () => time,
    );
  });
  afterEach(() => runs.clear());

  it('that were not shown are forgotten with the others', () => {
    for (let count = 0; count < 250; count++) runs.take(init(), 'a', of(String(count)));
    assert.equal(runs.leftOut, 50);
    runs.clear();
    assert.equal(runs.leftOut, 0);
  });

  it('are not waited for without end: those that never ended are given up', () => {
    runs.take(init(), 'a', of('1'));
    time += 11 * 60_000;
    runs.take(init(), 'a', of('2'));
    assert.deepEqual(states(), ['unknown', undefined]);
  });

  it('are so many at a time at most, the oldest given up, and what one does is bounded too', () => {
    for (let run = 0; run < 250; run++) {
      time += 60;
      runs.take(init(), 'a', of(String(run)));
    }
    assert.equal(states().filter((ended) => ended === undefined).length, 200);
    for (let step = 0; step < 1000; step++) runs.take(exec('tag-if'), 'a', of('249'));
    const last = [...known.values()].at(-1);
    assert.deepEqual([last?.steps.length, last?.more], [200, 800]);
  });

  it('of one event are another run when they begin anew, and an end without a beginning is nothing', () => {
    runs.take(end('success'), 'a', bytes({}));
    assert.equal(known.size, 0);
    runs.take(init(), 'a', of('1'));
    runs.take(init(), 'a', of('1'));
    assert.deepEqual(states(), ['unknown', undefined]);
  });

  it('are those of the MISP that posts', () => {
    runs.take(init(), 'a', of('1'));
    runs.take(init(), 'b', of('1'));
    runs.take(end('failure'), 'a', bytes({}));
    assert.deepEqual(states(), ['known', undefined]);
    assert.deepEqual([...known.values()][0].outcome, 'block');
  });
});
