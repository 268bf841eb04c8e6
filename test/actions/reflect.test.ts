import { strict as assert } from 'node:assert';
import { idsFlag, planAttributeEdit } from '../../src/actions/attribute-edit';
import { planEventEdit } from '../../src/actions/event-edit';
import type { Operation, OperationResult } from '../../src/actions/plan';
import { planProposals } from '../../src/actions/proposals';
import { reflect } from '../../src/actions/reflect';
import { planTagOperation } from '../../src/actions/tag-operation';
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

  it('shows no tags where it is not clear which of them are there', () => {
    const data = eventWith([]);
    const [operation] = planTagOperation({ tags: ['x', 'unknown'] }, {}, data);
    reflect(data, [{ operation, state: 'partial', failures: [{ problem: 'no tag unknown' }] }]);
    assert.equal(data.Event.Tag, undefined);
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
  });

  it('takes decided proposals out', () => {
    const data = eventWith([attribute(1, { ShadowAttribute: [{ id: '1' }, { id: '2' }] })]);
    reflect(data, done(planProposals({ proposal_type: 'any' }, {}, data).slice(0, 1)));
    assert.deepEqual(data.Event._AttributeFlattened?.[0].ShadowAttribute, [{ id: '2' }]);
  });

  it('leaves other data alone', () => {
    for (const data of [undefined, null, 'text', [], { User: {} }]) reflect(data, []);
  });
});
