import { strict as assert } from 'node:assert';
import type { MispOperation } from '../../src/actions/plan';
import type { MispEvent } from '../../sandbox/misp/model';
import { ANALYST_KEY, READER_KEY } from '../../sandbox/misp/server';
import { ADMIN } from '../../sandbox/misp/users';
import { TestActionService } from '../sandbox/support/action-service';
import { eventWith, MispTest, refsOf, uuidOf } from './support/misp';

describe('carrying out: publication, proposals, sightings, lists', () => {
  let test: MispTest;
  let event: MispEvent;
  let service: TestActionService;
  before(async () => {
    service = await new TestActionService().start();
  });
  after(() => service.close());
  beforeEach(async () => {
    service.reset();
    event = eventWith('1', 10);
    test = await MispTest.start({
      events: [event, eventWith('2', 1)],
      actionService: { url: 'http://127.0.0.1', port: service.port },
      workflows: { 'event-publish': { module: 'nodered_block' } },
    });
  });
  afterEach(() => test.close());

  const one = async (operation: MispOperation, client = test.client) => {
    const { results, writing, all } = await test.carryOut([operation], client);
    const problem = results[0].failures?.[0]?.problem ?? '';
    return { ...results[0], problem, writing, all };
  };
  const publish = (queued: boolean, mail = false): MispOperation => ({
    ...{ do: 'publish', event: { id: '1' }, mail, queued },
  });

  it('publishes inline and through the queue, and has looked', async () => {
    for (const queued of [false, true]) {
      event.published = false;
      const { state, answer } = await one(publish(queued));
      assert.equal(state, 'done');
      assert.equal((answer as { published: unknown }).published, true);
      assert.equal(event.published, true);
    }
    assert.equal((await one({ do: 'unpublish', event: { uuid: event.uuid } })).state, 'done');
    assert.equal(event.published, false);
  });

  it('tells that a workflow has stopped it, although MISP says that all is well', async () => {
    service.query = { body: '{"error":"PAP:RED must not leave"}' };
    for (const [queued, mail] of [
      [false, false],
      [false, true],
      [true, false],
    ]) {
      const { state, problem, writing } = await one(publish(queued, mail));
      assert.equal(state, 'failed', `queued ${queued}, mail ${mail}`);
      assert.match(problem, /A workflow of MISP has stopped the publication: .*PAP:RED must not leave/);
      assert.equal(writing.length, 1);
      assert.equal(event.published, false);
    }
  });

  it('does not publish twice when the answer is lost', async () => {
    test.misp.faults.settings = { every: 1, fault: 'close-after', only: /events\/publish/ };
    const { state, problem, writing } = await one(publish(false));
    assert.equal(state, 'failed');
    assert.match(problem, /not known whether MISP has carried this out/);
    assert.deepEqual(writing, ['POST /events/publish']);
  });

  it('says which permission is missing, and what is not there', async () => {
    const reader = test.clientWith({ apiKey: READER_KEY });
    assert.match((await one(publish(false), reader)).problem, /needs perm_publish/);
    assert.match((await one({ do: 'unpublish', event: { id: '1' } }, reader)).problem, /needs perm_publish/);
    assert.match(
      (await one({ ...publish(false), event: { id: '77' } } as MispOperation)).problem,
      /Invalid event/,
    );
  });

  it('accepts and discards proposals', async () => {
    const analyst = test.clientWith({ apiKey: ANALYST_KEY });
    const propose = async (value: string) => {
      const body = { type: 'ip-dst', category: 'Network activity', value };
      const path = '/shadow_attributes/add/1';
      return (await analyst.post<{ ShadowAttribute: { id: string } }>(path, body)).ShadowAttribute.id;
    };
    const id = await propose('203.0.113.210');
    assert.equal((await one({ do: 'accept-proposal', proposal: { id } })).state, 'done');
    assert.equal(event.Attribute[10].value, '203.0.113.210');
    const again = await one({ do: 'accept-proposal', proposal: { id } });
    assert.match(again.problem, /Proposal not found or you are not authorised/);
    const other = await propose('203.0.113.211');
    assert.equal((await one({ do: 'discard-proposal', proposal: { id: other } })).state, 'done');
    assert.deepEqual(event.ShadowAttribute, []);
  });

  it('reports sightings of values with one call, and of attributes', async () => {
    const values = event.Attribute.slice(0, 3).map(({ value }) => value);
    const { state, writing } = await one({ do: 'add-sightings', type: 1, values, source: 'flow' });
    assert.deepEqual([state, writing], ['done', ['POST /sightings/add']]);
    const { sightings } = test.misp.collections;
    assert.equal(sightings.length, 3);
    assert.deepEqual([sightings[0].type, sightings[0].source], ['1', 'flow']);
    const items = [...refsOf(event).slice(0, 5), { uuid: uuidOf('a', 1) }];
    const some = await one({ do: 'add-sightings', type: 0, items });
    assert.equal(some.state, 'partial');
    assert.equal(some.failures?.[0].item, uuidOf('a', 1));
    assert.equal(sightings.length, 8);
    const none = await one({ do: 'add-sightings', type: 0, values: ['unknown.example.invalid'] });
    assert.match(none.problem, /No valid attributes found that match the criteria/);
    const reader = test.clientWith({ apiKey: READER_KEY });
    assert.match(
      (await one({ do: 'add-sightings', type: 0, values }, reader)).problem,
      /needs perm_sighting/,
    );
  });

  it('does not report a sighting twice when the answer is lost', async () => {
    test.misp.faults.settings = { every: 2, fault: 'close-after', only: /sightings/ };
    const { state, failures, writing } = await one({
      ...{ do: 'add-sightings', type: 0, items: refsOf(event).slice(0, 4) },
    });
    assert.deepEqual([state, failures?.length, writing.length], ['partial', 2, 4]);
    assert.equal(test.misp.collections.sightings.length, 4);
  });

  it('blocks events, once', async () => {
    const block = { do: 'block-event', uuid: uuidOf('e', 5), info: 'x', org: 'y', comment: 'z' } as const;
    assert.equal((await one(block)).state, 'done');
    assert.equal((await one(block)).state, 'unchanged');
    assert.equal(test.misp.collections.blocklist.length, 1);
    assert.match((await one({ ...block, uuid: 'nothing' })).problem, /is not a uuid/);
    const reader = test.clientWith({ apiKey: READER_KEY });
    assert.match((await one({ ...block, uuid: uuidOf('e', 6) }, reader)).problem, /needs perm_add/);
    const analyst = test.clientWith({ apiKey: ANALYST_KEY });
    const other = await one({ ...block, uuid: uuidOf('e', 7) }, analyst);
    assert.match(other.problem, /in the organisation that runs the MISP/);
    ADMIN.Role.perm_site_admin = false;
    try {
      assert.equal((await one({ ...block, uuid: uuidOf('e', 7) })).state, 'done', 'it takes no site admin');
    } finally {
      ADMIN.Role.perm_site_admin = true;
    }
  });

  const own = () => test.misp.collections.warninglists.find(({ id }) => id === '114')!;
  const extend = (values: string[], list = own().name): MispOperation => ({
    ...{ do: 'extend-warninglist', list, values },
  });

  it('extends a custom warninglist without losing what it has', async () => {
    const { state, writing } = await one(extend(['new.example.org', 'portal.example.org']));
    assert.deepEqual([state, writing], ['done', ['POST /warninglists/edit']]);
    assert.deepEqual(own().entries, ['portal.example.org', 'mail.example.org', 'new.example.org']);
    assert.deepEqual(own().types, ['domain', 'hostname']);
    assert.equal((await one(extend(['new.example.org']))).state, 'unchanged');
    assert.equal((await one(extend(['by.id.example.org'], '114'))).state, 'done');
    assert.match((await one(extend(['x'], 'no such list'))).problem, /no warninglist no such list/);
    assert.match((await one(extend(['x'], '2'))).problem, /cannot be extended/);
    const analyst = test.clientWith({ apiKey: ANALYST_KEY });
    assert.match((await one(extend(['x']), analyst)).problem, /needs perm_warninglist/);
  });

  it('begins anew when somebody else changes the list meanwhile', async () => {
    let reads = 0;
    const begin = test.misp.calls.begin.bind(test.misp.calls);
    test.misp.calls.begin = (method, url) => {
      if (url.startsWith('/warninglists/view') && ++reads === 2) own().entries.push('other.example.org');
      return begin(method, url);
    };
    assert.equal((await one(extend(['new.example.org']))).state, 'done');
    assert.deepEqual(own().entries.slice(2), ['other.example.org', 'new.example.org']);
  });

  it('makes any other call once, and hands on the answer', async () => {
    const call: MispOperation = {
      do: 'rest-call',
      method: 'POST',
      path: '/tags/add',
      body: { name: 'lab:x' },
    };
    const { state, answer } = await one(call);
    assert.equal(state, 'done');
    assert.equal((answer as { Tag: { name: string } }).Tag.name, 'lab:x');
    const refused = await one({ ...call, path: '/events/addTag/1/999999' });
    assert.match(refused.problem, /Invalid Tag/);
    test.misp.faults.settings = { every: 1, fault: '500' };
    assert.deepEqual((await one(call)).writing.length, 1);
  });
});
