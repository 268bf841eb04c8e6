import { strict as assert } from 'node:assert';
import { brief, briefOperation } from '../../src/history/brief';
import { Counters } from '../../src/history/counters';
import { KeptInputs } from '../../src/history/kept-inputs';
import { DEFAULT_LOG_LIMITS, RunLog } from '../../src/history/run-log';
import type { Entry, Happening } from '../../src/runs/journal';
import { KeptRequest } from '../../src/triggers/last-request';

const node = { id: 'n', type: 'misp-if-tag', label: 'red?' };
let time = 1000;
const entry = (run: string, happening: Happening): Entry => ({ ...happening, run, at: (time += 10), node });
const received = (run: string, info = '') =>
  entry(run, {
    ...{ what: 'received', trigger: 'event-publish', module: 'm', blocking: true, test: false },
    about: { id: '1', info },
  });
const answered = (run: string, outcome: 'allow' | 'block', reason = '') =>
  entry(run, { what: 'answered', verdict: { outcome, cause: 'response', reason } });

describe('the log of runs', () => {
  it('has of each run what happened, in order', () => {
    const log = new RunLog();
    log.sink(received('a', 'malware'));
    log.sink(entry('a', { what: 'decided', way: 'then', found: ['tlp:red'] }));
    log.sink(entry('a', { what: 'failed', problem: 'no answer', counts: true }));
    log.sink(answered('a', 'block', 'it is red'));
    log.sink(entry('a', { what: 'ended', known: true, way: { nodes: ['n'], wires: [] } }));
    const record = log.get('a');
    assert.deepEqual(
      record?.steps.map(({ what }) => what),
      ['decided', 'failed'],
    );
    assert.deepEqual(record?.steps[0], {
      ...{ at: record?.steps[0].at, node },
      what: 'decided',
      way: 'then',
      found: '["tlp:red"]',
    });
    assert.deepEqual(
      [record?.outcome, record?.reason, record?.waited, record?.failed, record?.ended, record?.way?.nodes],
      ['block', 'it is red', 30, true, 'known', ['n']],
    );
  });

  it('is filtered by trigger, outcome and text', () => {
    const log = new RunLog();
    for (const [run, info, outcome] of [
      ['a', 'Ransomware', 'block'],
      ['b', 'phishing', 'allow'],
    ] as const) {
      log.sink(received(run, info));
      log.sink(answered(run, outcome));
    }
    log.sink(received('c'));
    const found = (filter: Parameters<RunLog['rows']>[0], most = 9) =>
      log.rows(filter, most).map(({ run }) => run);
    assert.deepEqual(found({}), ['c', 'b', 'a']);
    assert.deepEqual(found({}, 2), ['c', 'b']);
    assert.deepEqual(found({ outcome: 'block' }), ['a']);
    assert.deepEqual(found({ outcome: 'open' }), ['c']);
    assert.deepEqual(found({ text: ' ransom ' }), ['a']);
    assert.deepEqual(found({ trigger: 'event-after-save' }), []);
    assert.equal('steps' in log.rows({}, 1)[0], false);
  });

  it('keeps no more runs, bytes and steps than it may', () => {
    const log = new RunLog(undefined, { runs: 3, bytes: 1e9, steps: 2 });
    for (const run of ['a', 'b', 'c', 'd']) log.sink(received(run));
    assert.deepEqual([log.size, log.get('a')], [3, undefined]);
    for (let i = 0; i < 5; i++) log.sink(entry('d', { what: 'decided', way: 'then', found: i }));
    assert.deepEqual([log.get('d')?.steps.length, log.get('d')?.more], [2, 3]);
    // What is heard of a run that was given up is passed over.
    log.sink(answered('a', 'allow'));
    const small = new RunLog(undefined, { runs: 1e9, bytes: 100_000, steps: 200 });
    for (let i = 0; i < 2000; i++) {
      small.sink(received(`r${i}`, 'x'.repeat(300)));
      small.sink(entry(`r${i}`, { what: 'failed', problem: 'y'.repeat(5000), counts: true }));
    }
    assert.ok(small.size < 60, String(small.size));
    assert.ok(JSON.stringify(small.rows({}, 1e6)).length < 100_000);
  });

  it('keeps no data of an event, and nothing that cannot be written', () => {
    const loop: Record<string, unknown> = { name: 'x'.repeat(1000) };
    loop.self = loop;
    loop.list = Array.from({ length: 1000 }, (_, index) => index);
    assert.ok(brief(loop).length <= 1001);
    assert.equal(brief(10n), '"(bigint)"');
    assert.equal(brief(undefined), '');
    assert.equal(briefOperation({ do: 'run-module', module: 'm', data: loop }), '{"module":"m"}');
  });
});

describe('the counters of triggers', () => {
  it('count runs, what came of them, and how long MISP waited', () => {
    const counters = new Counters();
    const log = new RunLog((record, { what }) => {
      if (what === 'received' || what === 'answered' || what === 'failed') counters.count(record, what);
    });
    for (let i = 0; i < 100; i++) {
      log.sink(received(`r${i}`));
      if (i === 99) time += 990;
      log.sink(answered(`r${i}`, i < 10 ? 'block' : 'allow'));
    }
    const [{ runs, blocked, failed, late, p50, p99 }] = counters.all;
    assert.deepEqual([runs, blocked, failed, late, p50, p99], [100, 10, 0, 0, 10, 1000]);
  });
});

describe('what runs began with', () => {
  const text = (data: object) => ({
    bytes: Buffer.from(JSON.stringify({ module: 'm', data })),
    flattenedCut: false,
  });

  it('is kept within bounds, the latest', () => {
    const inputs = new KeptInputs(250);
    for (const run of ['a', 'b', 'c']) {
      const request = KeptRequest.of(text({ value: 'x'.repeat(80) }), 'event-publish', false);
      if (request) inputs.keep(run, request);
    }
    assert.deepEqual(
      ['a', 'b', 'c'].map((run) => inputs.has(run)),
      [false, true, true],
    );
    assert.equal(KeptRequest.of(text({ value: 'x'.repeat(2 ** 20) }), 'event-publish', false), undefined);
  });

  it('is kept for as many runs as the log has, however small', () => {
    const inputs = new KeptInputs();
    const request = KeptRequest.of(text({}), 'event-publish', false);
    assert.ok(request);
    for (let run = 0; run <= DEFAULT_LOG_LIMITS.runs; run++) inputs.keep(String(run), request);
    assert.deepEqual([inputs.has('0'), inputs.has('1')], [false, true]);
  });

  it('is a fresh copy each time, and has no secrets', () => {
    const data = { User: { authkey: 'sentinel', email: 'a@b.c' }, authkey: 'sentinel' };
    const request = KeptRequest.of(text(data), 'user-before-save', true);
    assert.notEqual(request?.read().data, request?.read().data);
    assert.doesNotMatch(JSON.stringify(request), /c2VudGluZWw|115,101,110,116,105,110,101,108/);
    assert.doesNotMatch(JSON.stringify(request?.read()), /sentinel/);
  });
});
