import { strict as assert } from 'node:assert';
import { EventEmitter } from 'node:events';
import type { OperationResult, Plan } from '../../src/actions/plan';
import { CLOCK } from '../../src/retry/clock';
import type { RetryBody, RetryEnd, RetryHead, RetryStore, RetryStoreEvents } from '../../src/retry/entry';
import { Retrier, RETRY_LIMITS, type RetryLimits } from '../../src/retry/retrier';
import { restOf } from '../../src/retry/rest';
import { text, words } from '../../src/text';
import { RetryClock } from '../support/retry-clock';

const MAIL: Plan[number] = { do: 'send-mail', from: 'a@example.org', to: ['b@example.org'], subject: 'x' };
const TAG: Plan[number] = {
  ...{ do: 'attach-tags', scope: 'event', event: { id: '1' }, items: [], tags: ['tlp:red'], local: true },
};
const ACTOR = { flow: '', flowName: '', node: 'n', nodeType: 'misp-email', nodeName: '', run: '' };
const away = (operation: Plan[number], kind: 'nothing' | 'perhaps' = 'nothing'): OperationResult => ({
  ...{ operation, state: 'failed', failures: [{ item: 'b@example.org', problem: 'away', away: kind }] },
});
const done = (operation: Plan[number]): OperationResult => ({ operation, state: 'done' });

/** Keeps entries in memory, as they would be on disk, and fails when a test wants it. */
class Memory extends EventEmitter<RetryStoreEvents> implements RetryStore {
  current: RetryStoreEvents['state'][0] = { state: 'open' };
  fails = false;
  readonly rows = new Map<string, { head: string; body: string }>();

  private async work<T>(what: () => T): Promise<T> {
    await Promise.resolve();
    if (this.fails) throw new Error('disk');
    return what();
  }
  all = () => this.work(() => [...this.rows.values()].map(({ head }) => JSON.parse(head) as RetryHead));
  body = (id: string) =>
    this.work(() => {
      const row = this.rows.get(id);
      return row && (JSON.parse(row.body) as RetryBody);
    });
  put = (head: RetryHead, body?: RetryBody) =>
    this.work(() => {
      const kept = body ? JSON.stringify(body) : (this.rows.get(head.id)?.body ?? '');
      this.rows.set(head.id, { head: JSON.stringify(head), body: kept });
    });
  forget = (ids: readonly string[]) => this.work(() => ids.forEach((id) => this.rows.delete(id)));
  close = () => undefined;
}

describe('what tries again', function () {
  this.timeout(30_000);
  let clock: RetryClock;
  let store: Memory;
  let ends: RetryEnd[];
  let tried: Plan[];
  let answer: (plan: Plan) => OperationResult[];
  beforeEach(() => {
    clock = new RetryClock(CLOCK);
    store = new Memory();
    [ends, tried] = [[], []];
    answer = (plan) => plan.map((operation) => away(operation));
  });
  afterEach(() => clock.giveBack());

  function begun(limits: Partial<RetryLimits> = {}): Retrier {
    const retrier = new Retrier(store, { ...RETRY_LIMITS, ...limits });
    retrier.on('over', (end) => ends.push(end));
    retrier.register('node', {
      settings: () => 'same',
      perform: (plan) => {
        tried.push(plan);
        return Promise.resolve(answer(plan));
      },
    });
    return retrier;
  }
  let count = 0;
  const add = (retrier: Retrier, plan: Plan = [MAIL]) =>
    retrier.add(
      {
        ...{ node: 'node', settings: 'same', actor: ACTOR, until: CLOCK.now() + 6 * 3_600_000 },
        ...{ problem: 'away', repeats: false },
      },
      { plan, message: {} },
      String(count++),
    );

  it('keeps so many, and so large ones, and no more', async () => {
    const retrier = begun({ entries: 3, entryBytes: 1000, bytes: 1500 });
    await assert.rejects(
      add(retrier, [{ ...MAIL, text: 'x'.repeat(1000) }]),
      /more than the 0 MB that are kept/,
    );
    for (let entry = 0; entry < 3; entry++) await add(retrier);
    await assert.rejects(add(retrier), /3 things .* wait to be tried again already/);
    await retrier.cancel('all');
    await add(retrier, [{ ...MAIL, text: 'x'.repeat(700) }]);
    await assert.rejects(
      add(retrier, [{ ...MAIL, text: 'x'.repeat(700) }]),
      /wait to be tried again already/,
    );
  });

  it('asks who is away once for thousands, and does all of them once when he is back', async () => {
    const retrier = begun();
    for (let entry = 0; entry < 2000; entry++) await add(retrier);
    await clock.pass(10, 1);
    assert.ok(tried.length >= 3 && tried.length <= 6, String(tried.length));
    answer = (plan) => plan.map(done);
    tried = [];
    await clock.pass(16, 20);
    for (let turn = 0; turn < 200 && retrier.list.length > 0; turn++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([tried.length, store.rows.size, retrier.list.length], [2000, 0, 0]);
  });

  it('does not repeat what was under way when the process died, where that does harm', async () => {
    const dead = begun();
    await add(dead);
    await add(dead, [TAG]);
    dead.close();
    for (const [id, { head, body }] of store.rows)
      store.rows.set(id, { head: JSON.stringify({ ...JSON.parse(head), trying: true }), body });
    [ends, tried] = [[], []];
    answer = (plan) => plan.map(done);
    begun();
    await clock.pass(2, 5);
    assert.deepEqual(tried, [[TAG]]);
    const [unknown, ok] = ends;
    assert.match(words(unknown.problem ?? ''), /may have been done, so it is not repeated/);
    assert.deepEqual([unknown.results[0].state, ok.problem], ['unknown', undefined]);
    assert.equal(store.rows.size, 0);
  });

  it('tries nothing that it cannot note on disk first', async () => {
    const retrier = begun();
    await add(retrier);
    store.fails = true;
    await clock.pass(20, 2);
    assert.deepEqual([tried, retrier.list.length], [[], 1]);
    store.fails = false;
    answer = (plan) => plan.map(done);
    await clock.pass(20, 2);
    assert.deepEqual([tried.length, retrier.list.length, store.rows.size], [1, 0, 0]);
  });

  it('refuses what the disk does not take', async () => {
    const retrier = begun();
    store.fails = true;
    await assert.rejects(add(retrier), /disk/);
    assert.deepEqual(retrier.list, []);
  });

  it('ends in time, whoever is away for others', async () => {
    const retrier = begun();
    for (let entry = 0; entry < 5; entry++) await add(retrier);
    await clock.pass(6 * 60 + 1, 1);
    assert.deepEqual([ends.length, retrier.list.length], [5, 0]);
    for (const { problem } of ends) assert.match(words(problem ?? ''), /is not tried any more/);
  });

  it('does not do later what had its time while Node-RED did not run', async () => {
    const dead = begun();
    await add(dead);
    dead.close();
    const [[id, { head, body }]] = store.rows;
    const until = CLOCK.now() - 3_600_000;
    store.rows.set(id, { head: JSON.stringify({ ...JSON.parse(head), next: until, until }), body });
    [ends, tried] = [[], []];
    begun();
    await clock.pass(2, 5);
    assert.deepEqual(tried, []);
    assert.match(words(ends[0].problem ?? ''), /did not run when this was to be tried for the last time/);
  });

  it('never sends a mail again that may have arrived, whatever was wanted', () => {
    assert.deepEqual(restOf([away(MAIL, 'perhaps')], true).again, []);
    const post: Plan[number] = { do: 'http-request', method: 'POST', url: ['http://a'], headers: {} };
    assert.deepEqual(restOf([away(post, 'perhaps')], false).again, []);
    assert.deepEqual(restOf([away(post, 'perhaps')], true).again, [post]);
    assert.deepEqual(restOf([away({ ...post, method: 'PUT' }, 'perhaps')], false).again.length, 1);
    const refused: OperationResult = { ...away(MAIL), failures: [{ problem: text('mail.notAnAddress') }] };
    assert.deepEqual(restOf([refused], true), { again: [], ended: [refused] });
  });
});
