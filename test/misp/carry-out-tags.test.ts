import { strict as assert } from 'node:assert';
import type { AttachTags, DetachTags } from '../../src/actions/plan';
import type { MispEvent, MispTag } from '../../sandbox/misp/model';
import { ANALYST_KEY, READER_KEY } from '../../sandbox/misp/server';
import { eventWith, MispTest, refsOf, uuidOf } from './support/misp';

const names = (tags: MispTag[] = []) => tags.map(({ name }) => name);

describe('carrying out: tags', () => {
  let test: MispTest;
  let event: MispEvent;
  beforeEach(async () => {
    event = eventWith('1', 500);
    test = await MispTest.start({ events: [event, eventWith('2', 3), eventWith('3', 0)] });
    for (const name of ['lab:one', 'lab:two', 'lab:three']) test.misp.tags.make(name);
  });
  afterEach(() => test.close());

  const tags = ['lab:one', 'lab:two', 'lab:three'];
  const ofEvent = (more: Partial<AttachTags> = {}): AttachTags => ({
    ...{
      do: 'attach-tags',
      scope: 'event',
      event: { id: '1', uuid: event.uuid },
      items: [],
      tags,
      local: true,
    },
    ...more,
  });
  const ofAttributes = (more: Partial<AttachTags> = {}): AttachTags =>
    ofEvent({ scope: 'attribute', items: refsOf(event), ...more });
  const detach = (more: Partial<DetachTags> = {}): DetachTags => ({
    ...{ do: 'detach-tags', scope: 'attribute', event: { id: '1' }, items: refsOf(event), tags: ['lab:one'] },
    ...more,
  });

  it('attaches 3 tags to an event with 1 writing call', async () => {
    const { results, writing, all } = await test.carryOut([ofEvent()]);
    assert.equal(results[0].state, 'done');
    assert.deepEqual(writing, ['POST /tags/attachTagToObject']);
    assert.equal(all.length, 2, 'one search for the tags');
    assert.deepEqual(names(event.Tag), tags);
    assert.ok(event.Tag.every(({ local }) => local));
  });

  it('attaches 3 tags to 500 attributes with 1 writing call', async () => {
    const { results, writing, all } = await test.carryOut([ofAttributes()]);
    assert.equal(results[0].state, 'done');
    assert.deepEqual(writing, ['POST /attributes/addTag/selected']);
    assert.equal(all.length, 2);
    assert.ok(event.Attribute.every(({ Tag }) => names(Tag).join() === tags.join()));
    assert.equal(event.published, false);
  });

  it('does the same by uuid alone, and by id alone', async () => {
    for (const known of ['uuid', 'id'] as const) {
      for (const attribute of event.Attribute) attribute.Tag = [];
      const plan = [ofAttributes({ items: refsOf(event, known), event: {} })];
      const { results, writing } = await test.carryOut(plan);
      assert.equal(results[0].state, 'done', known);
      assert.equal(writing.length, 1);
      assert.ok(event.Attribute.every(({ Tag }) => names(Tag).length === 3));
    }
  });

  it('says unchanged when MISP has it already, and remembers the tags for a minute', async () => {
    await test.carryOut([ofAttributes()]);
    const { results, all } = await test.carryOut([ofAttributes()]);
    assert.equal(results[0].state, 'unchanged');
    assert.ok(!all.includes('POST /tags/search'));
    await test.carryOut([ofEvent()]);
    assert.equal((await test.carryOut([ofEvent()])).results[0].state, 'unchanged');
    assert.ok(
      event.Attribute.every(({ Tag }) => names(Tag).length === 3),
      'each once',
    );
  });

  it('names a tag that MISP does not have, attaches the others, and makes it if told so', async () => {
    const wanted = { tags: ['lab:one', 'lab:new'] };
    const { results } = await test.carryOut([ofEvent(wanted)]);
    assert.equal(results[0].state, 'partial');
    assert.match(results[0].failures?.[0].problem ?? '', /no tag lab:new/);
    assert.deepEqual(names(event.Tag), ['lab:one']);
    const none = await test.carryOut([ofAttributes({ tags: ['lab:new'] })]);
    assert.equal(none.results[0].state, 'failed');
    assert.deepEqual(none.writing, []);
    const made = await test.carryOut([ofEvent({ ...wanted, create: true })]);
    assert.equal(made.results[0].state, 'done');
    assert.deepEqual(made.writing, ['POST /tags/add', 'POST /tags/attachTagToObject']);
    assert.deepEqual(names(event.Tag), ['lab:one', 'lab:new']);
  });

  it('finds the uuid of an event that is known by id alone, and the other way round', async () => {
    const { results, all } = await test.carryOut([ofEvent({ event: { id: '1' } })]);
    assert.equal(results[0].state, 'done');
    assert.deepEqual(all, ['POST /tags/search', 'POST /events/restSearch', 'POST /tags/attachTagToObject']);
    const gone = await test.carryOut([ofEvent({ event: { id: '99' } }), ofEvent({ event: {} })]);
    assert.match(gone.results[0].failures?.[0].problem ?? '', /Invalid event/);
    assert.match(gone.results[1].failures?.[0].problem ?? '', /not known which event/);
  });

  it('never attaches a second tag of an exclusive taxonomy, and names it', async () => {
    await test.carryOut([ofAttributes({ tags: ['tlp:green'], items: refsOf(event).slice(0, 3) })]);
    const { results, all } = await test.carryOut([
      ofAttributes({ tags: ['tlp:amber'], items: refsOf(event).slice(0, 4) }),
    ]);
    assert.equal(results[0].state, 'partial');
    assert.deepEqual(results[0].done, [event.Attribute[3].uuid]);
    assert.equal(results[0].failures?.length, 3);
    assert.match(results[0].failures?.[0].problem ?? '', /refused the tag tlp:amber/);
    assert.ok(all.length <= 5, all.join());
    assert.deepEqual(names(event.Attribute[0].Tag), ['tlp:green']);
    assert.deepEqual(names(event.Attribute[3].Tag), ['tlp:amber']);
  });

  it('never attaches two tags of an exclusive taxonomy that are asked for at once', async () => {
    const { results, all } = await test.carryOut([
      ofAttributes({ tags: ['tlp:green', 'tlp:amber'], items: refsOf(event).slice(0, 3) }),
    ]);
    const [{ failures = [] }] = results;
    assert.ok(all.length <= 6, all.join());
    for (const { Tag } of event.Attribute.slice(0, 3)) assert.ok(names(Tag).length <= 1, names(Tag).join());
    assert.equal(failures.length, 3);
    assert.match(failures[0].problem, /refused the tag tlp:(?:green|amber)/);
  });

  it('reports the attributes that are not there, one by one', async () => {
    const lost = [{ uuid: uuidOf('a', 1) }, { uuid: uuidOf('a', 2) }];
    const items = [...refsOf(event, 'uuid').slice(0, 2), ...lost];
    const { results } = await test.carryOut([ofAttributes({ items })]);
    assert.equal(results[0].state, 'partial');
    assert.deepEqual(
      results[0].failures?.map(({ item }) => item),
      lost.map(({ uuid }) => uuid),
    );
    assert.equal(names(event.Attribute[1].Tag).length, 3);
  });

  it('gives a relationship by editing the event, and shows what came of it', async () => {
    const { results, writing } = await test.carryOut([ofAttributes({ relationship: 'derived-from' })]);
    assert.equal(results[0].state, 'done');
    assert.deepEqual(writing, ['POST /events/edit']);
    assert.equal(event.Attribute[9].Tag?.[0].relationship_type, 'derived-from');
    await test.carryOut([ofEvent({ relationship: 'about' })]);
    assert.equal(event.Tag[0].relationship_type, 'about');
  });

  it('removes a tag from 500 attributes with 1 writing call', async () => {
    await test.carryOut([ofAttributes()]);
    const { results, writing, all } = await test.carryOut([detach()]);
    assert.equal(results[0].state, 'done');
    assert.deepEqual(writing, ['POST /events/edit']);
    assert.deepEqual(all.filter((call) => call === 'POST /attributes/restSearch').length, 1);
    assert.ok(event.Attribute.every(({ Tag }) => names(Tag).join() === 'lab:two,lab:three'));
    const again = await test.carryOut([detach()]);
    assert.deepEqual([again.results[0].state, again.writing], ['unchanged', []]);
  });

  it('removes local tags only where they are local', async () => {
    const some = refsOf(event).slice(0, 4);
    await test.carryOut([ofAttributes({ tags: ['lab:one'], items: some.slice(0, 2), local: false })]);
    await test.carryOut([ofAttributes({ tags: ['lab:one'], items: some.slice(2), local: true })]);
    await test.carryOut([detach({ items: some, local: true })]);
    assert.deepEqual(
      event.Attribute.slice(0, 4).map(({ Tag }) => names(Tag).length),
      [1, 1, 0, 0],
    );
    const { results } = await test.carryOut([detach({ items: some })]);
    assert.equal(results[0].state, 'done');
    assert.equal(names(event.Attribute[0].Tag).length, 0);
  });

  it('does not take a published event off publication for local tags', async () => {
    const items = refsOf(event).slice(0, 6);
    await test.carryOut([ofAttributes({ items })]);
    event.published = true;
    const { results, writing } = await test.carryOut([detach({ items, local: true })]);
    assert.equal(results[0].state, 'done');
    assert.deepEqual(writing, Array<string>(6).fill('POST /tags/removeTagFromObject'));
    assert.equal(event.published, true);
  });

  it('removes tags of an event, whatever its key', async () => {
    await test.carryOut([ofEvent()]);
    const plan = [
      detach({ scope: 'event', items: [], event: { uuid: event.uuid }, tags: ['LAB:one', 'lab:two', 'x'] }),
    ];
    const { results, writing } = await test.carryOut(plan);
    assert.equal(results[0].state, 'done');
    assert.equal(writing.length, 2);
    assert.deepEqual(names(event.Tag), ['lab:three']);
    assert.equal((await test.carryOut(plan)).results[0].state, 'unchanged');
  });

  describe('of event reports', () => {
    const reports = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...{ id: String(7 + index), uuid: uuidOf('e', 77 + index), name: 'Report', content: '' },
      }));
    const items = (count: number) => reports(count).map(({ uuid }) => ({ uuid }));
    const attach = (count: number) => [ofEvent({ scope: 'event-report', items: items(count) })];
    const remove = (count: number) => [
      detach({ scope: 'event-report', event: { id: '1' }, items: items(count), tags }),
    ];

    it('attaches and removes where MISP can, and edits nothing that is so already', async () => {
      test.misp.version = '2.5.12';
      event.EventReport = reports(2);
      const attached = await test.carryOut(attach(2));
      assert.deepEqual([attached.results[0].state, attached.writing], ['done', ['POST /events/edit']]);
      const again = await test.carryOut(attach(2));
      assert.deepEqual([again.results[0].state, again.writing], ['unchanged', []]);
      const removed = await test.carryOut(remove(2));
      assert.deepEqual([removed.results[0].state, removed.writing], ['done', ['POST /events/edit']]);
      const gone = await test.carryOut(remove(2));
      assert.deepEqual([gone.results[0].state, gone.writing], ['unchanged', []]);
      const lost = await test.carryOut(attach(3));
      assert.equal(lost.results[0].state, 'partial');
      assert.equal(lost.results[0].failures?.[0].item, uuidOf('e', 79));
    });

    it('says that MISP is too old for it, and never edits the event, which would unpublish it', async () => {
      test.misp.version = '2.5.1';
      event.EventReport = reports(2);
      event.published = true;
      for (const plan of [attach(2), remove(2)]) {
        const { results, writing } = await test.carryOut(plan);
        assert.equal(results[0].state, 'failed');
        assert.equal(results[0].failures?.length, 2);
        assert.match(results[0].failures?.[0].problem ?? '', /too old to tag reports.*2\.5\.8/);
        assert.deepEqual(writing, []);
        assert.equal(event.published, true);
      }
    });
  });

  it('says which permission is missing, in MISP’s words', async () => {
    const reader = test.clientWith({ apiKey: READER_KEY });
    const { results } = await test.carryOut([ofEvent(), ofAttributes()], reader);
    for (const { state, failures } of results) {
      assert.equal(state, 'failed');
      assert.match(failures?.[0].problem ?? '', /You do not have permission.*needs perm_tagger/);
    }
    const analyst = test.clientWith({ apiKey: ANALYST_KEY });
    const [local, global] = (await test.carryOut([ofEvent(), ofEvent({ local: false })], analyst)).results;
    assert.match(local.failures?.[0].problem ?? '', /Local tags can only be added by users of the host/);
    assert.match(global.failures?.[0].problem ?? '', /only the organisation that has created the data/);
  });
});
