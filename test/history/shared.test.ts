import { strict as assert } from 'node:assert';
import path from 'node:path';
import type { History as Kept } from '../../src/history/history';
import type { RunRow } from '../../src/history/record';
import type { RunFilter } from '../../src/history/run-log';
import { recordFrom, rowFrom } from '../../src/history/stored-record';
import type { Happening, Journal as Written } from '../../src/runs/journal';
import type { KeptRequest as Request } from '../../src/triggers/last-request';
import { words } from '../../src/text';
import { root } from '../support/node-red';
import { hasRedis, RedisServer } from '../support/redis';
import { LIMITS, storedRun } from '../support/store';
import { until } from '../support/until';

/** The built ones: their threads are files of their own. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the sources have types alone
const built = <T>(file: string) => require(path.join(root, 'dist/src', file)) as T;
const { History } = built<{ History: typeof Kept }>('history/history');
const { Journal } = built<{ Journal: typeof Written }>('runs/journal');
const { KeptRequest } = built<{ KeptRequest: typeof Request }>('triggers/last-request');

describe('histories that share their runs', function () {
  this.timeout(60_000);
  before(function () {
    if (!hasRedis()) this.skip();
  });
  const received: Happening = {
    ...{ what: 'received', trigger: 'event-publish', module: 'm', blocking: true, test: false },
    about: { id: '7', info: 'Ransomware' },
  };
  const answered: Happening = { what: 'answered', verdict: { outcome: 'allow', cause: 'response' } };
  const ended: Happening = { what: 'ended', known: true, way: { nodes: ['n'], wires: [] } };
  const node = { id: 'n', type: 'misp-trigger', name: 'n' };

  it('list, show and forget each other’s, page by page, without Redis their own, and say what was left out', async () => {
    const redis = await new RedisServer().start();
    const several: { journal: Written; history: Kept }[] = [];
    const begun = (keepsData: boolean) => {
      const journal = new Journal(() => undefined);
      const history = new History(journal);
      const limits = { ...LIMITS, ...(keepsData ? { inputs: { bytes: 1e6, days: 1 } } : {}) };
      history.settle({ redis: redis.settings, deadAfterMs: 2000 }, { keep: 'redis', limits, hidden: [] });
      several.push({ journal, history });
      return {
        history,
        tell: (run: string, ...happenings: Happening[]) => {
          for (const happening of happenings) journal.write(run, { ...happening }, node);
          journal.handOver();
        },
      };
    };
    try {
      const [a, b] = [begun(true), begun(true)];
      const list = async ({ history }: typeof a, filter: RunFilter = {}, before?: string, most = 100) =>
        history.list(filter, most, before);
      const names = ({ rows }: { rows: RunRow[] }) => rows.map(({ run }) => run);
      // Each has some, one after the other.
      for (let n = 0; n < 12; n++) {
        (n % 2 === 0 ? a : b).tell(`r${String(n).padStart(2, '0')}`, received, answered, ended);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      const request = {
        bytes: Buffer.from('{"module":"m","data":{"Event":{"info":"x"}}}'),
        flattenedCut: false,
      };
      a.history.keepInput('r00', KeptRequest.of(request, 'event-publish', false)!);
      a.tell('open', received);
      const all = ['open', ...Array.from({ length: 12 }, (_, n) => `r${String(11 - n).padStart(2, '0')}`)];
      for (const one of [a, b]) await until(async () => (await list(one)).rows.length === 13);
      for (const one of [a, b]) {
        const whole = await list(one);
        assert.deepEqual([names(whole), whole.total, whole.more], [all, 13, false]);
        const pages: string[] = [];
        for (let page = await list(one, {}, undefined, 3); ; page = await list(one, {}, pages.at(-1), 3)) {
          pages.push(...names(page));
          if (!page.more) break;
        }
        assert.deepEqual(pages, all);
        assert.deepEqual(names(await list(one, { outcome: 'open' })), ['open']);
        assert.deepEqual(names(await list(one, { text: 'SOMWARE', event: '7' }, 'r01')), ['r00']);
        assert.deepEqual(names(await list(one, {}, 'none')), []);
      }
      // What is under way elsewhere is so, until that process has ended.
      assert.equal((await list(b)).rows[0].ended, undefined);
      const found = await b.history.find('r00');
      assert.deepEqual([found?.record.way?.nodes, found?.record.ended], [['n'], 'known']);
      assert.equal((found?.input?.read().data as { Event: { info: string } }).Event.info, 'x');

      await b.history.forget({ run: 'r00' });
      await until(async () => !names(await list(a)).includes('r00'));
      assert.deepEqual([await a.history.find('r00'), a.history.inputs.has('r00')], [undefined, false]);
      // It goes on there, and is forgotten all the same.
      await b.history.forget({ run: 'open' });
      a.tell('open', answered, ended);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      for (const one of [a, b]) assert.ok(!names(await list(one)).includes('open'));

      const changes: unknown[] = [];
      b.history.on('changed', () => changes.push(1));
      const troubles: string[] = [];
      a.history.on('trouble', (said) => troubles.push(said === undefined ? '' : words(said)));
      await redis.stop();
      await until(() => troubles.length > 0);
      assert.match(troubles[0], /^Redis at .* cannot be used, so runs are kept in memory/);
      for (let n = 0; n < 6000; n++) a.tell(`away${n}`, received, answered, ended);
      const alone = await list(a, {}, undefined, 3);
      assert.deepEqual([names(alone)[0].slice(0, 4), alone.more, alone.total], ['away', true, 2000]);
      await redis.start();
      await until(() => a.history.trouble === undefined && b.history.trouble === undefined);
      await until(() => a.history.troubles.length > 0);
      await until(async () => (await list(b)).total === 11 + 2000);
      assert.match(
        words(a.history.troubles[0]),
        /Redis was away.*Left out since the start: 4000 runs, of 1750 more/,
      );

      await a.history.forget('all');
      for (const one of [a, b]) await until(async () => (await list(one)).total === 0);
      assert.ok(!(await redis.bytes()).includes('somware'));
      a.tell('new', received, answered, ended);
      await until(async () => names(await list(b)).join() === 'new');
      assert.ok(changes.length > 0);
    } finally {
      for (const { history } of several) history.end();
      await redis.remove();
    }
  });

  it('take nothing from a store that is no run', () => {
    const whole = {
      ...{ run: 'a', trigger: 't', module: 'm', at: 1, blocking: true, test: false, failed: false },
      node: { id: 'n', type: 't', label: 'l' },
      about: { info: '<b>' },
    };
    const row = (more: object) => rowFrom(JSON.stringify({ ...whole, ...more }));
    assert.equal(row({})?.about?.info, '<b>');
    for (const more of [
      ...[{ run: 1 }, { about: { info: {} } }, { about: [] }, { node: null }, { node: { id: 'n' } }],
      ...[
        { at: '1' },
        { outcome: 'html' },
        { reason: [] },
        { ended: true },
        { waited: '1' },
        { source: 'x' },
      ],
    ])
      assert.equal(row(more), undefined, JSON.stringify(more));
    for (const json of ['', '[]', 'null', '1', '"a"', '{"__proto__":{"run":"a"}}'])
      assert.equal(rowFrom(json), undefined);
    const record = (details: object) =>
      recordFrom(storedRun('a', { row: JSON.stringify(whole), details: JSON.stringify(details) }));
    const step = { at: 1, what: 'decided', way: 'then', found: '<script>' };
    assert.deepEqual(record({ steps: [step], more: 0 })?.steps, [step]);
    assert.equal(record({ steps: [step], more: 0 })?.ended, 'unknown');
    for (const details of [
      ...[{}, { steps: {}, more: 0 }, { steps: [], more: '0' }, { steps: [null], more: 0 }],
      ...[
        { ...step, what: 'constructor' },
        { ...step, found: 1 },
        { ...step, node: 1 },
        { ...step, what: 'did' },
      ].map((one) => ({ steps: [one], more: 0 })),
      ...[{ nodes: [1], wires: [] }, { nodes: [], wires: [['a', 'b']] }, []].map((way) => ({
        steps: [],
        more: 0,
        way,
      })),
      { steps: [], more: 0, times: ['1'] },
    ])
      assert.equal(record(details), undefined, JSON.stringify(details));
  });
});
