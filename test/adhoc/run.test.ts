import { strict as assert } from 'node:assert';
import { choiceOf } from '../../src/adhoc/choice';
import { reportIn } from '../../src/adhoc/ledger';
import { parametersOf, valuesFor } from '../../src/adhoc/parameters';
import { rowsSince, type EventResult, type RunHead } from '../../src/adhoc/report';
import { AdHocRun, type Ledger, type RunOptions } from '../../src/adhoc/run';

const head: RunHead = { run: 'r', at: 1, by: '', byMessage: false, dryRun: false, parameters: {} };
const event = (id: string) => ({ id, uuid: `u${id}`, info: '', date: '', org: '' });
const events = Array.from({ length: 20 }, (_, index) => event(String(index)));
const done: EventResult = { state: 'done', lines: [] };

function start(more: Partial<RunOptions>) {
  const performed: string[] = [];
  const run = new AdHocRun(
    head,
    { events, missing: ['99'] },
    {
      concurrency: 3,
      perform: ({ id }) => {
        performed.push(id);
        return Promise.resolve(done);
      },
      ready: () => Promise.resolve(),
      changed: () => undefined,
      ...more,
    },
  );
  return { run, performed };
}

describe('an ad hoc run', () => {
  it('begins each event once, and no more at a time than it may', async () => {
    let [atOnce, most] = [0, 0];
    const performed: string[] = [];
    const { run } = start({
      async perform({ id }) {
        performed.push(id);
        most = Math.max(most, ++atOnce);
        await new Promise(setImmediate);
        atOnce--;
        if (id === '7') throw new Error('odd');
        return done;
      },
    });
    await run.run();
    assert.deepEqual([run.state, most, performed.length, new Set(performed).size], ['finished', 3, 20, 20]);
    assert.deepEqual(run.counts, { done: 19, failed: 1, missing: 1 });
  });

  it('ends where its notes cannot be written, with the event not begun', async () => {
    let notes = 0;
    const ledger: Ledger = {
      begun: () => (++notes > 5 ? Promise.reject(new Error('the disk is full')) : Promise.resolve()),
      ended: () => Promise.resolve(),
      over: () => Promise.reject(new Error('the disk is full')),
      leave: () => Promise.resolve(),
    };
    const { run, performed } = start({ ledger, concurrency: 1 });
    await run.run();
    assert.deepEqual([run.state, run.problem, performed.length], ['failed', 'the disk is full', 5]);
    assert.deepEqual(run.counts, { done: 5, waiting: 15, missing: 1 });
  });

  it('tells of what changed since, and of nothing else', async () => {
    const { run } = start({});
    assert.equal(run.changedSince(0).rows.length, 21);
    assert.equal(run.changedSince(run.revision).rows.length, 0);
    await run.run();
    assert.equal(run.changedSince(21).rows.length, 20);
    assert.equal(run.changedSince(run.revision).rows.length, 0);
  });

  it('tells of many in parts, each row in one of them', async () => {
    const many = Array.from({ length: 1200 }, (_, index) => event(String(index)));
    const options = {
      ...{ concurrency: 2, perform: () => Promise.resolve(done), ready: () => Promise.resolve() },
      changed: () => undefined,
    };
    const run = new AdHocRun(head, { events: many, missing: [] }, options);
    await run.run();
    for (const part of [
      (since: number) => run.changedSince(since),
      (since: number) => rowsSince(run.report, since),
    ]) {
      const told: number[] = [];
      for (let [since, more] = [0, true]; more;) {
        const next = part(since);
        told.push(...next.rows.map(({ index }) => index));
        assert.ok(next.rows.length <= 500);
        ({ more, revision: since } = next);
      }
      assert.deepEqual([told.length, new Set(told).size], [1200, 1200]);
    }
  });

  it('begins nothing while flows do not run, and gives back what it had begun when it goes', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const given: unknown[] = [];
    const ledger: Ledger = {
      begun: () => gate,
      ended: (_, result) => {
        given.push(result);
        return Promise.resolve();
      },
      over: () => Promise.resolve(),
      leave: () => Promise.resolve(),
    };
    const { run, performed } = start({ ledger, concurrency: 2 });
    const end = run.run();
    await new Promise(setImmediate);
    run.interrupt();
    open();
    await end;
    assert.deepEqual([performed, given], [[], ['waiting', 'waiting']]);
    assert.deepEqual([run.state, run.counts], ['interrupted', { waiting: 20, missing: 1 }]);
  });
});

describe('the notes of an ad hoc run', () => {
  it('are read whatever they hold', () => {
    const first = JSON.stringify({ head, events: [{ ...event('1'), state: 'waiting', lines: [] }] });
    for (const text of ['', '{', '[]', 'null', '{"head":1,"events":[]}', '{"head":{}}'])
      assert.equal(reportIn(text), undefined, text);
    const odd = ['{"begun":7}', '{"begun":"__proto__"}', '{"ended":0,"state":"done","lines":5}', '5', '{"en'];
    assert.deepEqual(reportIn([first, ...odd].join('\n'))?.counts, { done: 1 });
    assert.equal(reportIn([first, '{"begun":0}'].join('\n'))?.events[0].state, 'unknown');
  });
});

describe('what is asked for an ad hoc run', () => {
  it('is refused where nobody could fill it in', () => {
    const row = { name: 'a', type: 'text', value: '' };
    for (const rows of [
      [row, row],
      [{ ...row, type: 'other' }],
      [{ ...row, name: '${X}' }],
      [{ ...row, type: 'choice' }],
      [{ ...row, type: 'number', value: 'x' }],
      [{ ...row, type: 'choice', choices: 'x', value: 'y' }],
    ])
      assert.throws(() => parametersOf(rows), /parameter|must be/, JSON.stringify(rows));
  });

  it('has values of its own alone, whatever it is called', () => {
    const parameters = parametersOf([{ name: 'constructor', type: 'text', value: 'usual' }]);
    const values = valuesFor(parameters, {});
    assert.deepEqual(Object.entries(values), [['constructor', 'usual']]);
    assert.throws(() => valuesFor([], JSON.parse('{"__proto__":1}')), /no parameter __proto__/);
  });

  it('is never about all events', () => {
    for (const asked of [
      {},
      { events: '' },
      { events: ' , ' },
      { events: [] },
      { search: {} },
      { search: { info: ' ' } },
      { search: { tags: ',' } },
      { search: { published: 'no' } },
      { events: { length: 3 } },
    ])
      assert.throws(() => choiceOf(asked), /No event is chosen|is no id/, JSON.stringify(asked));
  });
});
