import { strict as assert } from 'node:assert';
import type { MispOperation } from '../../src/actions/plan';
import { reflect } from '../../src/misp/reflect';
import { complete } from '../../src/event/to-core';
import type { MispData } from '../../src/event/core';
import type { MispEvent } from '../../sandbox/misp/model';
import { eventWith, MispTest, refsOf } from './support/misp';

const BELGIUM = 'misp-galaxy:country="belgium"';

describe('carrying out: what a running MISP showed', () => {
  let test: MispTest;
  let event: MispEvent;
  const start = async (attributes: number) => {
    event = eventWith('1', attributes);
    test = await MispTest.start({ events: [event] });
    test.misp.tags.make('lab:one');
  };
  afterEach(() => test.close());

  it('restores attributes that are known by uuid only', async () => {
    await start(3);
    for (const attribute of event.Attribute) attribute.deleted = true;
    const changes = refsOf(event, 'uuid').map((item) => ({ item, fields: { deleted: false } }));
    const { results } = await test.carryOut([{ do: 'edit-attributes', event: { id: '1' }, changes }]);
    assert.equal(results[0].state, 'done');
    assert.ok(event.Attribute.every(({ deleted }) => deleted === false));
  });

  it('attaches a cluster that has no tag yet, and makes no tag by itself', async () => {
    await start(4);
    const cluster: MispOperation = {
      ...{ do: 'attach-tags', scope: 'attribute', event: { id: '1' }, items: refsOf(event) },
      ...{ tags: [BELGIUM], local: true },
    };
    const { results, writing } = await test.carryOut([cluster]);
    assert.deepEqual([results[0].state, results[0].failures], ['done', undefined]);
    assert.deepEqual(writing, ['POST /galaxies/attachCluster', 'POST /attributes/addTag/selected']);
    for (const { Tag = [] } of event.Attribute)
      assert.deepEqual(
        Tag.map(({ name }) => name),
        [BELGIUM],
      );
    const { results: none } = await test.carryOut([{ ...cluster, tags: ['misp-galaxy:country="nowhere"'] }]);
    assert.match(none[0].failures?.[0].problem ?? '', /no galaxy cluster/);
  });

  it('takes one tag on one attribute for done', async () => {
    await start(1);
    const { results, all } = await test.carryOut([
      {
        do: 'attach-tags',
        scope: 'attribute',
        event: { id: '1' },
        items: refsOf(event),
        tags: ['lab:one'],
        local: true,
      },
    ]);
    assert.equal(results[0].state, 'done');
    assert.deepEqual(all, ['POST /tags/search', 'POST /attributes/addTag/selected']);
  });

  it('shows a tag as MISP spells it', async () => {
    await start(1);
    const data = complete({ Event: structuredClone(event) as unknown as MispData['Event'] });
    for (const [scope, items] of [
      ['event', []],
      ['attribute', refsOf(event)],
    ] as const) {
      const { results } = await test.carryOut([
        { do: 'attach-tags', scope, event: { id: '1' }, items: [...items], tags: ['LAB:One'], local: true },
      ]);
      assert.equal(results[0].state, 'done');
      reflect(data, results);
    }
    const names = [data.Event, ...(data.Event._AttributeFlattened ?? [])].map(({ Tag = [] }) =>
      Tag.map(({ name }) => name),
    );
    assert.deepEqual(names, [['lab:one'], ['lab:one']]);
  });

  it('shows in the data that an event was unpublished', async () => {
    await start(1);
    event.published = true;
    const data = { Event: { ...structuredClone(event) } } as unknown as MispData;
    const { results } = await test.carryOut([{ do: 'unpublish', event: { id: '1' } }]);
    reflect(data, results);
    assert.equal(data.Event.published, false);
  });
});
