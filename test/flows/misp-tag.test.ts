import { strict as assert } from 'node:assert';
import type { AttachTags } from '../../src/actions/plan';
import { MispNodeTest } from '../support/misp-node';
import { eventOf, isWriting, planOf, resultOf } from '../support/planned';

describe('misp-tag', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  describe('in a dry run', () => {
    afterEach(() => assert.deepEqual(test.calls, [], 'nothing is asked, nothing is changed'));

    it('says which tags it would add to the event, and shows them to the nodes behind', async () => {
      await test.deploy('misp-tag', {
        dryRun: true,
        tags: ['to-check'],
        clusters: ['country="belgium"'],
        relationshipType: 'seen-in',
        create: true,
      });
      const payload = eventOf(test.misp, '2');
      const [message] = await test.send({ payload });
      assert.equal(message.payload, payload, 'the same event, not a copy');
      assert.equal(resultOf(message).dryRun, true);
      const { id, uuid } = payload.Event;
      assert.deepEqual(planOf(message), [
        {
          do: 'attach-tags',
          scope: 'event',
          event: { id, uuid },
          items: [],
          tags: ['to-check', 'misp-galaxy:country="belgium"'],
          local: true,
          relationship: 'seen-in',
          create: true,
        },
      ]);
      assert.ok(payload.Event.Tag?.some(({ name }) => name === 'to-check'));
    });

    it('takes the attributes that the filter leaves', async () => {
      const filter = {
        selector: 'Event._AttributeFlattened.{n}',
        path: 'type',
        operator: 'equals',
        value: 'domain',
      };
      await test.deploy('misp-tag', { dryRun: true, scope: 'attribute', tags: ['x'], filter });
      const payload = eventOf(test.misp, '2');
      const [message] = await test.send({ payload });
      const [{ items }] = planOf(message) as AttachTags[];
      const domain = payload.Event._AttributeFlattened?.find(({ type }) => type === 'domain');
      assert.deepEqual(items, [{ id: domain?.id, uuid: domain?.uuid }]);
    });

    it('plans nothing for an event that has the tag', async () => {
      await test.deploy('misp-tag', { dryRun: true, tags: ['tlp:green'] });
      const [message] = await test.send({ payload: eventOf(test.misp, '2') });
      assert.deepEqual(planOf(message), []);
    });

    it('removes, whether local or global', async () => {
      await test.deploy('misp-tag', { dryRun: true, action: 'remove', locality: 'any', tags: ['tlp:green'] });
      const payload = eventOf(test.misp, '2');
      const [message] = await test.send({ payload });
      assert.deepEqual(
        planOf(message).map((operation) => [operation.do, 'local' in operation]),
        [['detach-tags', false]],
      );
      assert.deepEqual(payload.Event.Tag, []);
    });

    it('says that attributes did not come along', async () => {
      await test.deploy('misp-tag', { dryRun: true, scope: 'attribute', tags: ['x'] });
      assert.match(await test.fail({ payload: { Event: { id: '2' } } }), /without its attributes.*reload/i);
    });

    it('says that there is no event', async () => {
      await test.deploy('misp-tag', { dryRun: true, tags: ['x'] });
      assert.match(await test.fail({ payload: { User: {} } }), /no event/);
    });
  });

  it('tags the event in MISP, and does not repeat it', async () => {
    await test.deploy('misp-tag', { tags: ['just-seen'], create: true });
    const payload = eventOf(test.misp, '4');
    const [message] = await test.send({ payload });
    assert.deepEqual(
      resultOf(message).operations.map(({ state }) => state),
      ['done'],
    );
    const stored = test.misp.events.get('4')?.Tag.find(({ name }) => name === 'just-seen');
    assert.equal(stored?.local, true);
    test.clear();
    await test.send({ payload });
    assert.deepEqual(test.calls, []);
  });

  it('tags many attributes with one writing call, and takes the tag away again', async () => {
    await test.deploy('misp-tag', { scope: 'attribute', tags: ['tlp:amber'] });
    const payload = eventOf(test.misp, '3');
    await test.send({ payload });
    const tagged = () =>
      test.misp.events.get('3')?.Attribute.filter(({ Tag }) => Tag?.some(({ name }) => name === 'tlp:amber'));
    assert.equal(tagged()?.length, 400);
    assert.equal(test.recorder.calls.filter(isWriting).length, 1);
    await test.deploy('misp-tag', { action: 'remove', scope: 'attribute', tags: ['tlp:amber'] });
    await test.send({ payload });
    assert.equal(tagged()?.length, 0);
    assert.equal(test.recorder.calls.filter(isWriting).length, 1);
  });

  it('attaches clusters by their names, with and without the prefix, whether or not their tags exist', async () => {
    const clusters = test.misp.collections.galaxies.flatMap(({ GalaxyCluster }) => GalaxyCluster);
    const names = clusters.map(({ tag_name: name }) => name);
    const events = structuredClone(['2', '4'].map((id) => test.misp.events.get(id)));
    assert.ok(names.length >= 4);
    const tagNames = (things: { Tag?: { name: string }[] }[]) =>
      things.map(({ Tag = [] }) => Tag.map(({ name }) => name));
    for (const [index, full] of names.slice(0, 4).entries()) {
      const scope = index < 2 ? 'event' : 'attribute';
      const written = index % 2 === 0 ? full : full.replace('misp-galaxy:', '');
      assert.ok(!test.misp.tags.find(full), 'MISP has no tag of it yet');
      // The second time its tag is there.
      for (const id of ['2', '4']) {
        await test.deploy('misp-tag', { scope, clusters: [written] });
        const [message] = await test.send({ payload: eventOf(test.misp, id) });
        assert.equal(resultOf(message).operations[0].state, 'done', full);
        const event = test.misp.event(id);
        assert.ok(event);
        for (const own of tagNames(scope === 'event' ? [event] : event.Attribute))
          assert.ok(own.includes(full), full);
        assert.ok(!test.calls.includes('POST /tags/add'), 'it takes no tag editor');
      }
    }
    for (const event of events) if (event) test.misp.events.set(event.id, event);
    await test.deploy('misp-tag', { clusters: ['country="nowhere"'] });
    assert.match(await test.fail({ payload: eventOf(test.misp, '4') }), /no galaxy cluster/);
  });

  it('says which tag MISP does not have, unless it is to be created', async () => {
    await test.deploy('misp-tag', { tags: ['no-such-tag'] });
    assert.match(await test.fail({ payload: eventOf(test.misp, '4') }), /no-such-tag/);
    assert.ok(!test.misp.events.get('4')?.Tag.some(({ name }) => name === 'no-such-tag'));
  });
});
