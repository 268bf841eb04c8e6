import { strict as assert } from 'node:assert';
import type { MispOperation } from '../../src/actions/plan';
import type { MispSettings } from '../../src/misp/client';
import type { FaultSettings } from '../../sandbox/misp/server';
import { freePort } from '../support/misp';
import { eventsWith, MispTest, refsOf } from './support/misp';

/** One operation of each kind. */
function plan(test: MispTest): MispOperation[] {
  const event = test.misp.event('1')!;
  const of = { event: { id: '1', uuid: event.uuid } };
  const items = refsOf(event);
  return [
    { do: 'attach-tags', scope: 'event', ...of, items: [], tags: ['tlp:green'], local: true },
    { do: 'attach-tags', scope: 'attribute', ...of, items, tags: ['tlp:green'], local: true },
    { do: 'detach-tags', scope: 'attribute', ...of, items, tags: ['tlp:green'] },
    { do: 'edit-attributes', ...of, changes: items.map((item) => ({ item, fields: { to_ids: false } })) },
    { do: 'edit-event', ...of, fields: { info: 'x' }, freeze: true },
    { do: 'publish', ...of, mail: false, queued: false },
    { do: 'unpublish', ...of },
    { do: 'accept-proposal', proposal: { id: '1' } },
    { do: 'add-sightings', type: 0, items: items.slice(0, 2) },
    { do: 'block-event', uuid: event.uuid, info: '', org: '', comment: '' },
    { do: 'extend-warninglist', list: '114', values: ['x.example'] },
    { do: 'rest-call', method: 'POST', path: '/tags/add', body: { name: 'x' } },
  ];
}

describe('carrying out on a MISP that is not as it should be', () => {
  let test: MispTest;
  beforeEach(async () => {
    test = await MispTest.start({ events: eventsWith(1, 4) });
  });
  afterEach(() => test.close());

  const cases: [
    what: string,
    expected: RegExp,
    settings: () => Promise<Partial<MispSettings>>,
    faults: FaultSettings,
  ][] = [
    [
      'down',
      /cannot be reached|has not answered/,
      async () => ({ url: `http://127.0.0.1:${await freePort()}` }),
      {},
    ],
    [
      'slow',
      /did not answer in time|has not answered/,
      () => Promise.resolve({ timeoutMs: 50 }),
      { every: 1, fault: 'silent' },
    ],
    [
      'hidden behind a web page',
      /web page, not with the API/,
      () => Promise.resolve({}),
      { every: 1, fault: 'html' },
    ],
    [
      'strict about the key',
      /does not know this API key/,
      () => Promise.resolve({ apiKey: 'x'.repeat(40) }),
      {},
    ],
  ];
  for (const [what, expected, settings, faults] of cases) {
    it(`fails with words, soon: ${what}`, async () => {
      test.misp.faults.settings = faults;
      const before = JSON.stringify(test.misp.event('1'));
      const started = Date.now();
      const { results } = await test.carryOut(plan(test), test.clientWith(await settings()));
      assert.ok(Date.now() - started < 2000);
      for (const { operation, state, failures } of results) {
        assert.equal(state, 'failed', operation.do);
        for (const { problem } of failures ?? []) assert.match(problem, expected, operation.do);
      }
      assert.equal(JSON.stringify(test.misp.event('1')), before);
    });
  }

  it('does nothing when the flow has been stopped', async () => {
    const { results, all } = await test.carryOut(plan(test), test.client, { signal: AbortSignal.abort() });
    assert.ok(results.every(({ failures }) => /flow was stopped/.test(failures?.[0].problem ?? '')));
    assert.deepEqual(all, []);
  });

  it('does what can be done when one operation fails', async () => {
    const [attach, ...others] = plan(test);
    const wrong: MispOperation = { do: 'unpublish', event: { id: '77' } };
    const { results } = await test.carryOut([wrong, attach, others[2]]);
    assert.deepEqual(
      results.map(({ state }) => state),
      ['failed', 'done', 'done'],
    );
  });
});
