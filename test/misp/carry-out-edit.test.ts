import { strict as assert } from 'node:assert';
import type { AttributeFields, EditAttributes, EditEvent } from '../../src/actions/plan';
import type { MispEvent } from '../../sandbox/misp/model';
import { ANALYST_KEY, READER_KEY } from '../../sandbox/misp/server';
import { eventWith, MispTest, objectOf, refsOf, uuidOf } from './support/misp';

describe('carrying out: edits', () => {
  let test: MispTest;
  let event: MispEvent;
  beforeEach(async () => {
    event = eventWith('1', 500);
    test = await MispTest.start({ events: [event, ...['2', '3', '4', '5'].map((id) => eventWith(id, 100))] });
  });
  afterEach(() => test.close());

  const edit = (fields: AttributeFields, of = event, items = refsOf(of)): EditAttributes => ({
    do: 'edit-attributes',
    event: { id: of.id },
    changes: items.map((item) => ({ item, fields })),
  });

  it('switches to_ids off on 500 attributes with 1 writing call', async () => {
    const { results, writing, all } = await test.carryOut([edit({ to_ids: false })]);
    assert.equal(results[0].state, 'done');
    assert.deepEqual(writing, ['POST /attributes/editSelected']);
    assert.equal(all.length, 1);
    assert.ok(event.Attribute.every(({ to_ids }) => to_ids === false));
  });

  it('changes different fields of each with 1 writing call for each event', async () => {
    const changes = event.Attribute.map(({ uuid }, index) => ({
      item: { uuid },
      fields: index % 2 ? { comment: `number ${index}` } : { to_ids: false, distribution: '1' },
    }));
    const { results, writing } = await test.carryOut([
      { do: 'edit-attributes', event: { id: '1' }, changes },
    ]);
    assert.equal(results[0].state, 'done');
    assert.equal(writing.length, 1);
    assert.equal(event.Attribute[7].comment, 'number 7');
    assert.deepEqual([event.Attribute[8].to_ids, event.Attribute[8].distribution], [false, '1']);
  });

  it('takes 5 writing calls for 500 attributes of 5 events', async () => {
    const events = ['1', '2', '3', '4', '5'].map((id) => test.misp.event(id)!);
    const plan = events.map((own) => edit({ to_ids: false }, own, refsOf(own).slice(0, 100)));
    const { results, writing } = await test.carryOut(plan);
    assert.ok(results.every(({ state }) => state === 'done'));
    assert.equal(writing.length, 5);
    assert.ok(test.misp.calls.mostAtOnce <= 4);
  });

  it('finds attributes that are known by id alone with one search', async () => {
    const { results, all } = await test.carryOut([edit({ category: 'Other' }, event, refsOf(event, 'id'))]);
    assert.equal(results[0].state, 'done');
    assert.deepEqual(all, ['POST /attributes/restSearch', 'POST /events/edit']);
  });

  it('reads 10,000 attributes in pages of 5,000', async () => {
    test.misp.events.set('9', eventWith('9', 10_000));
    const plan = [edit({ category: 'Other' }, test.misp.event('9'), refsOf(test.misp.event('9')!, 'id'))];
    const { results, all } = await test.carryOut(plan);
    assert.equal(results[0].state, 'done');
    assert.equal(
      all.filter((call) => call === 'POST /attributes/restSearch').length,
      3,
      'the last one is empty',
    );
    assert.equal(all.filter((call) => call === 'POST /events/edit').length, 10);
  });

  it('changes one attribute with a call of its own, and hears what MISP does not accept', async () => {
    const [item] = refsOf(event);
    const { results, writing } = await test.carryOut([edit({ comment: 'one' }, event, [item])]);
    assert.deepEqual([results[0].state, writing], ['done', ['POST /attributes/edit']]);
    const wrong = await test.carryOut([edit({ type: 'ip-dst', value: 'no address' }, event, [item])]);
    assert.equal(wrong.results[0].state, 'failed');
    assert.match(wrong.results[0].failures?.[0].problem ?? '', /value: IP address has an invalid format/);
  });

  it('tells which of many MISP has not taken, and why', async () => {
    const fields = { type: 'ip-dst', category: 'Network activity' };
    const changes = refsOf(event)
      .slice(0, 10)
      .map((item, index) => ({
        item,
        fields: { ...fields, value: index < 5 ? `192.0.2.${index}` : 'no address' },
      }));
    const { results } = await test.carryOut([{ do: 'edit-attributes', event: { id: '1' }, changes }]);
    assert.equal(results[0].state, 'partial');
    assert.equal(results[0].failures?.length, 5);
    assert.deepEqual(results[0].failures?.[0].item, changes[5].item.uuid);
    assert.match(results[0].failures?.[0].problem ?? '', /IP address has an invalid format/);
    assert.equal(event.Attribute[4].value, '192.0.2.4');
  });

  it('deletes and restores, sets and clears when something was seen', async () => {
    const some = refsOf(event).slice(0, 3);
    const state = async (fields: AttributeFields) =>
      (await test.carryOut([edit(fields, event, some)])).results[0].state;
    assert.equal(await state({ first_seen: '2026-11-18T06:12:00Z' }), 'done');
    assert.equal(event.Attribute[0].first_seen, '2026-11-18T06:12:00+00:00');
    assert.equal(await state({ first_seen: '' }), 'done');
    assert.equal(event.Attribute[0].first_seen, null);
    assert.equal(await state({ deleted: true }), 'done');
    assert.equal(event.Attribute[2].deleted, true);
    assert.equal(await state({ deleted: false }), 'done');
    assert.equal(event.Attribute[2].deleted, false);
    assert.equal(
      (await test.carryOut([edit({ deleted: true }, event, some.slice(0, 1))])).results[0].state,
      'done',
    );
    assert.equal(event.Attribute[0].deleted, true);
  });

  it('reports what is not there, and what the key may not change', async () => {
    const lost = [{ uuid: uuidOf('a', 1) }];
    const { results } = await test.carryOut([
      edit({ comment: 'x' }, event, [...refsOf(event).slice(0, 2), ...lost]),
    ]);
    assert.equal(results[0].state, 'partial');
    assert.match(results[0].failures?.[0].problem ?? '', /MISP has no such attribute/);
    const analyst = test.clientWith({ apiKey: ANALYST_KEY });
    const refused = (await test.carryOut([edit({ category: 'Other' })], analyst)).results[0];
    assert.equal(refused.state, 'failed');
    assert.match(refused.failures?.[0].problem ?? '', /You are not authorised to do that/);
  });

  it('changes attributes of objects inside of their objects', async () => {
    const own = test.misp.event('2')!;
    own.Object.push(objectOf(own, own.Attribute.splice(0, 10)), objectOf(own, own.Attribute.splice(0, 10)));
    const [first, second] = own.Object;
    const inside = [...first.Attribute, ...second.Attribute].map(({ id, uuid }) => ({ id, uuid }));
    const some = [...inside, ...refsOf(own).slice(0, 5)];
    const { results, writing } = await test.carryOut([edit({ category: 'Other' }, own, some)]);
    assert.deepEqual([results[0].state, writing], ['done', ['POST /events/edit', 'POST /events/edit']]);
    assert.ok([...first.Attribute, ...second.Attribute].every(({ category }) => category === 'Other'));
    const same = await test.carryOut([edit({ to_ids: false }, own, some)]);
    assert.deepEqual(same.writing, ['POST /attributes/editSelected']);
    assert.equal(second.Attribute[9].to_ids, false);
    const tags = { event: { id: '2' }, items: inside, tags: ['tlp:green'], scope: 'attribute' } as const;
    await test.carryOut([{ do: 'attach-tags', local: false, ...tags, items: inside, tags: [...tags.tags] }]);
    assert.equal(first.Attribute[0].Tag?.length, 1);
    const gone = await test.carryOut([{ do: 'detach-tags', ...tags, items: inside, tags: [...tags.tags] }]);
    assert.deepEqual([gone.results[0].state, gone.writing], ['done', ['POST /events/edit']]);
    assert.equal(second.Attribute[9].Tag?.length, 0);
  });

  const ofEvent = (fields: EditEvent['fields'], freeze = false): EditEvent => ({
    ...{ do: 'edit-event', event: { uuid: event.uuid }, fields, freeze },
  });

  it('changes an event, and hears what MISP does not accept field by field', async () => {
    event.published = true;
    const { results, writing } = await test.carryOut([ofEvent({ threat_level_id: '1', info: 'New title' })]);
    assert.deepEqual([results[0].state, writing], ['done', ['POST /events/edit']]);
    assert.deepEqual([event.threat_level_id, event.info, event.published], ['1', 'New title', false]);
    const wrong = (await test.carryOut([ofEvent({ distribution: '42' })])).results[0];
    assert.match(wrong.failures?.[0].problem ?? '', /distribution: Options : Your organisation only/);
    const group = (await test.carryOut([ofEvent({ distribution: '4', sharing_group_id: '999' })])).results[0];
    assert.match(group.failures?.[0].problem ?? '', /Invalid sharing group or you don't have access/);
  });

  it('keeps a published event published if told so, and leaves alone what is so already', async () => {
    event.published = true;
    const { results } = await test.carryOut([ofEvent({ distribution: '0' }, true)]);
    assert.deepEqual([results[0].state, event.published, event.distribution], ['done', true, '0']);
    const again = await test.carryOut([ofEvent({ distribution: '0' }, true)]);
    assert.deepEqual([again.results[0].state, again.writing], ['unchanged', []]);
    event.published = false;
    await test.carryOut([ofEvent({ distribution: '1' }, true)]);
    assert.equal(event.published, false);
  });

  it('says which permission is missing', async () => {
    const reader = test.clientWith({ apiKey: READER_KEY });
    const { results } = await test.carryOut([ofEvent({ info: 'x' })], reader);
    assert.match(results[0].failures?.[0].problem ?? '', /You are not authorised to do that/);
  });
});
