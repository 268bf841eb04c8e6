import { strict as assert } from 'node:assert';
import { planTagOperation } from '../../src/actions/tag-operation';
import { attribute, eventWith, ref, tag } from './event';

const event = { id: '1', uuid: 'e' };
const ALL = 'Event._AttributeFlattened.{n}';

describe('the plan of a tag operation', () => {
  const [plain, tagged, other] = [
    attribute(1),
    attribute(2, { Tag: [tag('tlp:red')] }),
    attribute(3, { type: 'domain' }),
  ];
  const data = eventWith([plain, tagged, other], { Tag: [tag('tlp:green')] });

  it('tags the event, locally unless told otherwise', () => {
    assert.deepEqual(planTagOperation({ tags: ['x'] }, {}, data), [
      { do: 'attach-tags', scope: 'event', event, items: [], tags: ['x'], local: true },
    ]);
  });

  it('is one operation for many attributes and many tags, without those that have them all', () => {
    const plan = planTagOperation(
      {
        scope: 'attribute',
        tags: ['tlp:red'],
        clusters: ['country="belgium"'],
        locality: 'global',
        relationship_type: 'seen-in',
        create: true,
      },
      {},
      data,
    );
    assert.deepEqual(plan, [
      {
        do: 'attach-tags',
        scope: 'attribute',
        event,
        items: [plain, tagged, other].map(ref),
        tags: ['tlp:red', 'misp-galaxy:country="belgium"'],
        local: false,
        relationship: 'seen-in',
        create: true,
      },
    ]);
    const [only] = planTagOperation({ scope: 'attribute', tags: ['tlp:red'] }, {}, data);
    assert.deepEqual(only.items, [plain, other].map(ref));
  });

  it('plans nothing for what is there already, or is not there', () => {
    assert.deepEqual(planTagOperation({ tags: ['tlp:green'] }, {}, data), []);
    assert.deepEqual(planTagOperation({ tags: ['x'], action: 'remove' }, {}, data), []);
    assert.deepEqual(
      planTagOperation({ tags: ['tlp:green'], action: 'remove', locality: 'local' }, {}, data),
      [],
    );
    assert.deepEqual(planTagOperation({ tags: [] }, {}, data), []);
  });

  it('removes from the attributes that have the tag', () => {
    const params = { scope: 'attribute', action: 'remove', tags: ['tlp:red', 'x'] };
    assert.deepEqual(planTagOperation({ ...params, locality: 'any' }, {}, data), [
      { do: 'detach-tags', scope: 'attribute', event, items: [ref(tagged)], tags: ['tlp:red'] },
    ]);
    assert.equal(planTagOperation({ ...params, locality: 'global' }, {}, data)[0].local, false);
  });

  it('removes from an event that came without its tags, as they may be there', () => {
    const thin = { Event: { id: '1' } };
    assert.equal(planTagOperation({ action: 'remove', tags: ['x'] }, {}, thin).length, 1);
  });

  it('works on what the filter leaves', () => {
    const filter = { selector: ALL, value: 'domain', operator: 'equals', path: 'type' };
    const params = { scope: 'attribute', tags: ['x'] };
    assert.deepEqual(planTagOperation(params, filter, data)[0].items, [ref(other)]);
    assert.deepEqual(planTagOperation(params, { ...filter, value: 'zzz' }, data), []);
    assert.equal(planTagOperation({ tags: ['x'] }, filter, data).length, 1);
    assert.deepEqual(planTagOperation({ tags: ['x'] }, { ...filter, value: 'zzz' }, data), []);
  });

  it('does not take tags, objects or proposals that a filter leaves for attributes', () => {
    const params = { scope: 'attribute', tags: ['x'] };
    const whole = eventWith([], {
      Tag: [{ ...tag('a'), id: '7' }],
      Object: [{ id: '8', name: 'file', event_id: '1', Attribute: [] }],
    });
    for (const selector of ['Event.Tag.{n}', 'Event.Object.{n}']) {
      const filter = { selector, operator: 'any_value', path: 'id', value: '' };
      assert.deepEqual(planTagOperation(params, filter, whole), []);
    }
  });

  it('tags event reports', () => {
    const report = { id: '4', uuid: 'r', event_id: '1', name: 'daily', content: '# x' };
    const plan = planTagOperation(
      { scope: 'event-report', tags: ['x'] },
      {},
      eventWith([], { EventReport: [report] }),
    );
    assert.deepEqual(plan[0].items, [{ id: '4', uuid: 'r' }]);
  });

  it('groups by event, in the order of the data', () => {
    const mixed = eventWith([attribute(1), attribute(2, { event_id: '9' }), attribute(3)]);
    const plan = planTagOperation({ scope: 'attribute', tags: ['x'] }, {}, mixed);
    assert.deepEqual(
      plan.map(({ event: of, items }) => [of.id, items.map(({ id }) => id)]),
      [
        ['1', ['1', '3']],
        ['9', ['2']],
      ],
    );
  });

  it('of 10,000 attributes holds their names and nothing else', () => {
    const many = eventWith(Array.from({ length: 10_000 }, (_, id) => attribute(id + 1)));
    const plan = planTagOperation({ scope: 'attribute', tags: ['a', 'b'] }, {}, many);
    assert.equal(plan.length, 1);
    assert.ok(JSON.stringify(plan).length < 10_000 * 70);
  });

  it('needs an event that MISP could find', () => {
    assert.throws(() => planTagOperation({ tags: ['x'] }, {}, { Event: {} }), { key: 'action.noEvent' });
    assert.throws(() => planTagOperation({ tags: ['x'] }, {}, { User: {} }), { key: 'notAnEvent' });
  });
});
