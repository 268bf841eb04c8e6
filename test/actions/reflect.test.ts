import { strict as assert } from 'node:assert';
import { idsFlag, planAttributeEdit } from '../../src/actions/attribute-edit';
import { planEventEdit } from '../../src/actions/event-edit';
import type { Operation, OperationResult } from '../../src/actions/plan';
import { planProposals } from '../../src/actions/proposals';
import { reflect } from '../../src/misp/reflect';
import { planTagOperation } from '../../src/actions/tag-operation';
import { removeFilters } from '../../src/event/data-filter';
import { filterTag } from '../../src/logic/filter-tag';
import { tagIf } from '../../src/logic/tag-if';
import { attribute, eventWith, tag } from './event';

const done = (plan: readonly Operation[]): OperationResult[] =>
  plan.map((operation) => ({ operation, state: 'done' }));

describe('what was done, in the data', () => {
  it('shows tags to the conditions behind, own and inherited', () => {
    const data = eventWith([attribute(1)]);
    reflect(data, done(planTagOperation({ tags: ['x'] }, {}, data)));
    reflect(data, done(planTagOperation({ scope: 'attribute', tags: ['y'] }, {}, data)));
    assert.ok(tagIf({ tags: ['x'] }, data));
    assert.ok(tagIf({ scope: 'event_attribute', condition: 'in_and', tags: ['x', 'y'] }, data));
    assert.ok(!tagIf({ scope: 'attribute', tags: ['x'] }, data));
    assert.deepEqual(planTagOperation({ scope: 'attribute', tags: ['y'] }, {}, data), []);
    reflect(data, done(planTagOperation({ tags: ['x'], action: 'remove', locality: 'any' }, {}, data)));
    assert.ok(!tagIf({ scope: 'event_attribute', tags: ['x'] }, data));
    assert.ok(tagIf({ scope: 'event_attribute', tags: ['y'] }, data));
  });

  it('leaves the tags of one attribute out of another that came from the same list', () => {
    const shared = [tag('a')];
    const data = eventWith([attribute(1, { Tag: shared }), attribute(2, { Tag: shared })]);
    const filter = { selector: 'Event._AttributeFlattened.{n}', value: '1', operator: 'equals', path: 'id' };
    reflect(data, done(planTagOperation({ scope: 'attribute', tags: ['x'] }, filter, data)));
    const [first, second] = data.Event._AttributeFlattened ?? [];
    assert.deepEqual([first.Tag?.length, second.Tag?.length, second._allTags?.length], [2, 1, 1]);
  });

  it('shows no tags where it is not clear which of them are there, and those that are where it is', () => {
    const data = eventWith([attribute(1), attribute(2)]);
    const [operation] = planTagOperation({ tags: ['x', 'unknown'] }, {}, data);
    reflect(data, [{ operation, state: 'partial', failures: [{ problem: 'no tag unknown' }] }]);
    assert.equal(data.Event.Tag, undefined);
    reflect(data, [{ operation, state: 'partial', failures: [{ problem: 'no tag', tags: ['UNKNOWN'] }] }]);
    assert.ok(tagIf({ tags: ['x'] }, data) && !tagIf({ tags: ['unknown'] }, data));
    const [onAttributes] = planTagOperation({ scope: 'attribute', tags: ['y', 'z'] }, {}, data);
    const failures = [{ item: attribute(1).uuid, problem: 'refused', tags: ['z'] }];
    reflect(data, [{ operation: onAttributes, state: 'partial', failures }]);
    const own = data.Event._AttributeFlattened?.map(({ Tag = [] }) => Tag.map(({ name }) => name).join());
    assert.deepEqual(own, ['y', 'y,z']);
  });

  it('does not make an event without its tags look as if it had these only', () => {
    const thin: { Event: Record<string, unknown> } = { Event: { id: '1' } };
    reflect(thin, done(planTagOperation({ tags: ['x'] }, {}, thin)));
    assert.equal(thin.Event.Tag, undefined);
  });

  it('changes attributes in place, below a filter too, and leaves out what failed', () => {
    const [a, b, c] = [attribute(1, { Tag: [tag('t')] }), attribute(2, { Tag: [tag('t')] }), attribute(3)];
    const whole = eventWith([a, b, c]);
    const { data } = filterTag({ tags: ['t'] }, whole);
    const plan = planAttributeEdit(idsFlag('remove'), {}, data);
    reflect(data, [{ operation: plan[0], state: 'partial', failures: [{ item: '2', problem: 'no' }] }]);
    assert.deepEqual(
      (whole.Event._AttributeFlattened ?? []).map(({ to_ids }) => to_ids),
      [false, true, true],
    );
    assert.equal(a.timestamp, undefined);
    assert.equal(b.timestamp, '1700000000');
    reflect(data, [{ operation: plan[0], state: 'failed', failures: [{ problem: 'no' }] }]);
    assert.equal(b.to_ids, true);
  });

  it('unpublishes an event that gets a global tag', () => {
    for (const locality of ['local', 'global']) {
      const data = eventWith([]);
      reflect(data, done(planTagOperation({ tags: ['x'], locality }, {}, data)));
      assert.equal(data.Event.published, locality === 'local');
    }
  });

  it('unpublishes an edited event unless it is frozen', () => {
    for (const freeze of [true, false]) {
      const data = eventWith([]);
      reflect(data, done(planEventEdit({ info: 'new' }, freeze, data)));
      assert.deepEqual([data.Event.info, data.Event.published], ['new', freeze]);
    }
    const data = eventWith([]);
    const [operation] = planEventEdit({ info: 'new' }, true, data);
    reflect(data, [{ operation, state: 'partial', failures: [{ problem: 'not published again' }] }]);
    assert.deepEqual([data.Event.info, data.Event.published], ['new', false]);
  });

  it('takes decided proposals out', () => {
    const data = eventWith([attribute(1, { ShadowAttribute: [{ id: '1' }, { id: '2' }] })]);
    reflect(data, done(planProposals({ proposal_type: 'any' }, {}, data).slice(0, 1)));
    assert.deepEqual(data.Event._AttributeFlattened?.[0].ShadowAttribute, [{ id: '2' }]);
  });

  it('shows an accepted proposal: new values, a new attribute, or that one is gone', () => {
    const proposal = (id: string, old_id: string, more = {}) => ({
      ...{ id, old_id, event_id: '1', uuid: `00000000-0000-4000-9000-00000000000${id}`, org_id: '3' },
      ...{
        type: 'domain',
        category: 'Network activity',
        value: `${id}.example`,
        to_ids: false,
        comment: 'c',
      },
      ...more,
    });
    const edit = proposal('5', '1');
    const removal = proposal('6', '2', { proposal_to_delete: true });
    const fresh = proposal('7', '0');
    const data = eventWith(
      [attribute(1, { ShadowAttribute: [edit] }), attribute(2, { ShadowAttribute: [removal] }), attribute(3)],
      { ShadowAttribute: [fresh], Tag: [tag('t')] },
    );
    reflect(data, done(planProposals({ proposal_type: 'any' }, {}, data)));
    const [first, second, third, added, ...more] = data.Event._AttributeFlattened ?? [];
    assert.deepEqual(
      [first.value, first.type, first.to_ids, first.timestamp],
      ['5.example', 'domain', false, undefined],
    );
    assert.deepEqual([first.id, first.uuid], ['1', attribute(1).uuid]);
    assert.deepEqual([second.deleted, third.value], [true, '192.0.2.3']);
    assert.deepEqual(
      [added.value, added.uuid, added.id, added.old_id],
      ['7.example', fresh.uuid, undefined, undefined],
    );
    assert.ok(tagIf({ scope: 'event_attribute', tags: ['t'] }, { Event: { _AttributeFlattened: [added] } }));
    assert.deepEqual([more.length, data.Event.Attribute?.length, data.Event.published], [0, 4, false]);
  });

  it('shows nothing of a proposal that was discarded, or accepted for another event', () => {
    const fresh = { id: '7', old_id: '0', event_id: '2', uuid: 'n', value: 'other.example' };
    for (const [action, event_id] of [
      ['remove', '1'],
      ['accept', '2'],
    ]) {
      const data = eventWith([attribute(1)], { ShadowAttribute: [{ ...fresh, event_id }] });
      reflect(data, done(planProposals({ action, proposal_type: 'any' }, {}, data)));
      assert.deepEqual([data.Event._AttributeFlattened?.length, data.Event.published], [1, true]);
    }
  });

  it('takes a tag for the same however its letters are written', () => {
    const data = eventWith([attribute(1, { Tag: [tag('Lab:One')] })], { Tag: [tag('tlp:red')] });
    const known = structuredClone(data);
    const [attach] = planTagOperation({ tags: ['Lab:Two'] }, {}, data);
    reflect(data, [{ operation: attach, state: 'done', spelled: { 'Lab:Two': 'lab:two' } }]);
    assert.ok(tagIf({ tags: ['lab:two'] }, data) && !tagIf({ tags: ['Lab:Two'] }, data));
    const again = { ...attach, tags: ['TLP:RED'] } as Operation;
    reflect(data, [{ operation: again, state: 'unchanged', spelled: { 'TLP:RED': 'tlp:red' } }]);
    assert.equal(data.Event.Tag?.length, 2);
    const remove = { action: 'remove', locality: 'any' };
    reflect(data, done(planTagOperation({ ...remove, tags: ['LAB:TWO'] }, {}, data)));
    assert.deepEqual(data.Event.Tag, known.Event.Tag);
    reflect(data, done(planTagOperation({ ...remove, tags: ['TLP:Red'] }, {}, data)));
    reflect(data, done(planTagOperation({ ...remove, scope: 'attribute', tags: ['lab:one'] }, {}, data)));
    assert.deepEqual([data.Event.Tag, data.Event._AttributeFlattened?.[0]._allTags], [[], []]);
  });

  it('does not show an event as unpublished by a tag that MISP had already', () => {
    const data = eventWith([]);
    const [operation] = planTagOperation({ tags: ['x'], locality: 'global' }, {}, data);
    reflect(data, [{ operation, state: 'unchanged' }]);
    assert.deepEqual([tagIf({ tags: ['x'] }, data), data.Event.published], [true, true]);
  });

  it('changes what a filter of the flow hides as well, and the filter puts it back so', () => {
    const hidden = attribute(2, { ShadowAttribute: [{ id: '5', old_id: '2', value: 'new.example' }] });
    const before = eventWith([attribute(1, { Tag: [tag('t')] }), hidden]);
    const { data, state } = filterTag({ tags: ['t'] }, before);
    // As behind a filter of another list: what is hidden stands nowhere in the view.
    (data as typeof before).Event.Attribute = (data as typeof before).Event._AttributeFlattened;
    const [operation] = planTagOperation({ tags: ['x'], locality: 'global' }, {}, data);
    reflect(data, done([operation]), state?.whole);
    reflect(data, done(planProposals({ proposal_type: 'any' }, {}, before)), state?.whole);
    assert.deepEqual([hidden.value, hidden.ShadowAttribute], ['new.example', []]);
    const after = removeFilters(data, state).data as typeof before;
    assert.equal(after.Event.published, false);
    assert.ok(tagIf({ tags: ['x'] }, after));
    assert.ok(
      after.Event._AttributeFlattened?.every(({ _allTags = [] }) =>
        _allTags.some(({ name }) => name === 'x'),
      ),
    );
  });

  it('adds a proposed attribute to the whole, not to what a filter has left', () => {
    const before = eventWith([attribute(1, { Tag: [tag('t')] }), attribute(2)]);
    const fresh = {
      id: '5',
      old_id: '0',
      uuid: '00000000-0000-4000-9000-000000000005',
      value: 'new.example',
    };
    before.Event.ShadowAttribute = [fresh];
    const { data, state } = filterTag({ tags: ['t'] }, before);
    reflect(data, done(planProposals({ proposal_type: 'any' }, {}, data)), state?.whole);
    assert.equal((data as typeof before).Event._AttributeFlattened?.length, 1);
    const after = removeFilters(data, state).data as typeof before;
    assert.equal(after.Event._AttributeFlattened?.length, 3);
    assert.equal(after.Event.Attribute?.length, 3);
  });

  it('leaves other data alone', () => {
    for (const data of [undefined, null, 'text', [], { User: {} }]) reflect(data, []);
  });
});
