import { strict as assert } from 'node:assert';
import type { AttachTags, MispOperation } from '../../src/actions/plan';
import { CircuitBreaker } from '../../src/misp/breaker';
import type { MispEvent } from '../../sandbox/misp/model';
import { TestActionService } from '../sandbox/support/action-service';
import { eventWith, MispTest, refsOf, uuidOf } from './support/misp';

/** What docs/limits.md says of changes in MISP. Which test belongs to which line stands in test/docs/limits.test.ts. */
describe('the limits of changes in MISP', function () {
  this.timeout(20000);
  let test: MispTest;
  let event: MispEvent;
  let service: TestActionService;
  before(async () => {
    service = await new TestActionService().start();
  });
  after(() => service.close());
  beforeEach(async () => {
    service.reset();
    event = eventWith('1', 10, { published: true, timestamp: '1700000000' });
    test = await MispTest.start({
      events: [event],
      actionService: { url: 'http://127.0.0.1', port: service.port },
      workflows: { 'event-publish': { module: 'nodered_block' } },
    });
    test.misp.tags.make('lab:one');
  });
  afterEach(() => test.close());

  const one = async (operation: MispOperation) => {
    const { results, writing } = await test.carryOut([operation]);
    const { state, failures = [] } = results[0];
    return { state, problems: failures.map(({ problem }) => problem).join('\n'), writing };
  };
  /** Does something right before MISP handles its n-th call of a path. */
  function justBefore(path: string, nth: number, act: () => void): void {
    let calls = 0;
    const begin = test.misp.calls.begin.bind(test.misp.calls);
    test.misp.calls.begin = (method, url) => {
      if (url.startsWith(path) && ++calls === nth) act();
      return begin(method, url);
    };
  }

  it('editing an event or its attributes renews the timestamp and unpublishes', async () => {
    await one({ do: 'edit-event', event: { id: '1' }, fields: { info: 'New' }, freeze: false });
    assert.deepEqual([event.published, event.timestamp === '1700000000'], [false, false]);
    Object.assign(event, { published: true, timestamp: '1700000000' });
    const changes = refsOf(event).map((item) => ({ item, fields: { comment: 'x' } }));
    await one({ do: 'edit-attributes', event: { id: '1' }, changes });
    assert.deepEqual([event.published, event.timestamp === '1700000000'], [false, false]);
  });

  it('what is to stay published is published again, with a new timestamp', async () => {
    const { state } = await one({
      do: 'edit-event',
      event: { id: '1' },
      fields: { info: 'New' },
      freeze: true,
    });
    assert.deepEqual([state, event.published], ['done', true]);
    assert.notEqual(event.timestamp, '1700000000');
  });

  for (const [name, more, published] of [
    ['a local tag does not unpublish', { local: true }, true],
    ['a global tag unpublishes', { local: false }, false],
    ['a local tag with a relationship unpublishes', { local: true, relationship: 'about' }, false],
  ] as [string, Partial<AttachTags>, boolean][]) {
    it(name, async () => {
      for (const scope of ['event', 'attribute'] as const) {
        event.published = true;
        const items = scope === 'event' ? [] : refsOf(event);
        const of = { id: '1', uuid: event.uuid };
        const plan: AttachTags = {
          do: 'attach-tags',
          scope,
          event: of,
          items,
          tags: ['lab:one'],
          local: true,
          ...more,
        };
        assert.equal((await one(plan)).state, 'done');
        assert.equal(event.published, published, scope);
      }
    });
  }

  it('when the same is set on many attributes, one that is gone is not noticed', async () => {
    const items = [...refsOf(event), { id: '999999', uuid: uuidOf('a', 999) }];
    const changes = items.map((item) => ({ item, fields: { to_ids: false } }));
    const { state, writing } = await one({ do: 'edit-attributes', event: { id: '1' }, changes });
    assert.deepEqual([state, writing], ['done', ['POST /attributes/editSelected']]);
    // Where each gets something of its own, it is.
    const own = items.map((item, index) => ({ item, fields: { comment: `comment ${index}` } }));
    assert.equal((await one({ do: 'edit-attributes', event: { id: '1' }, changes: own })).state, 'partial');
  });

  describe('a warninglist that somebody else changes in the very moment of writing', () => {
    const own = () => {
      const list = test.misp.collections.warninglists.find(({ id }) => id === '114');
      assert.ok(list);
      return list;
    };
    const extend = (): MispOperation => ({
      do: 'extend-warninglist',
      list: own().name,
      values: ['new.example.org'],
    });

    it('is noticed if something of ours is missing afterwards', async () => {
      justBefore('/warninglists/view', 3, () => (own().entries = ['other.example.org']));
      const { state, problems } = await one(extend());
      assert.equal(state, 'partial');
      assert.match(problems, /not on the warninglist any more: somebody else/);
    });

    it('is not noticed if what is missing is theirs', async () => {
      justBefore('/warninglists/edit', 1, () => own().entries.push('other.example.org'));
      assert.equal((await one(extend())).state, 'done');
      assert.ok(!own().entries.includes('other.example.org'));
    });
  });

  it('a tag on event reports is taken off only where MISP shows tags with the report', async () => {
    const uuid = uuidOf('e', 77);
    const report = { id: '7', uuid, name: 'Report', content: '' };
    const detach: MispOperation = {
      ...{
        do: 'detach-tags',
        scope: 'event-report',
        event: { id: '1' },
        items: [{ uuid }],
        tags: ['lab:one'],
      },
    };
    event.EventReport = [report];
    const old = await one(detach);
    assert.deepEqual([old.state, old.writing, event.published], ['failed', [], true]);
    assert.match(old.problems, /too old/);
    event.EventReport = [{ ...report, Tag: [{ id: '1', name: 'lab:one', local: false }] }];
    assert.deepEqual((await one(detach)).writing, ['POST /events/edit']);
  });

  it('a proposal that MISP says is accepted, and is still there, was not', async () => {
    const body = { type: 'ip-dst', category: 'Network activity', value: '203.0.113.210' };
    const path = '/shadow_attributes/add/1';
    const { ShadowAttribute } = await test.client.post<{ ShadowAttribute: { id: string } }>(path, body);
    const proposals = structuredClone(event.ShadowAttribute);
    justBefore('/shadow_attributes/view', 1, () => (event.ShadowAttribute = proposals));
    const { state, problems } = await one({ do: 'accept-proposal', proposal: { id: ShadowAttribute.id } });
    assert.equal(state, 'failed');
    assert.match(problems, /workflow/);
  });

  it('a MISP that is away is not asked for 5 seconds, and for 60 at most', () => {
    let now = 0;
    const breaker = new CircuitBreaker('x', () => now);
    for (let i = 0; i < 3; i++) breaker.failed('x');
    for (const seconds of [5, 10, 20, 40, 60, 60]) {
      now += seconds * 1000 - 1;
      assert.throws(() => breaker.enter(), String(seconds));
      now += 1;
      breaker.enter();
      breaker.failed('x');
    }
  });

  it('a publication through the queue is unknown after 6 seconds', async () => {
    event.published = false;
    service.query = { delayMs: 8000, body: '{"data":true}' };
    const started = Date.now();
    const { state } = await one({ do: 'publish', event: { id: '1' }, mail: false, queued: true });
    assert.equal(state, 'unknown');
    const seconds = (Date.now() - started) / 1000;
    assert.ok(seconds > 5.5 && seconds < 7.5, `${seconds} s`);
  });
});
