import assert from 'node:assert/strict';
import { addFilter, removeFilters, renewPositions } from '../../src/event/data-filter';
import type { DataFilter } from '../../src/event/data-filter';
import { extract, get } from '../../src/event/hash';

interface Attribute {
  uuid: string;
  type: string;
  to_ids?: boolean;
  comment?: string;
}
interface Data {
  Event: { info: string; Tag: object[]; _AttributeFlattened: Attribute[] };
}

const make = (): Data => ({
  Event: {
    info: 'x',
    Tag: [{ name: 'a' }, { name: 'b' }],
    _AttributeFlattened: [
      { uuid: 'u0', type: 'ip-dst', to_ids: true },
      { uuid: 'u1', type: 'md5', to_ids: true },
      { uuid: 'u2', type: 'md5', to_ids: false },
      { uuid: 'u3', type: 'ip-dst', to_ids: false },
    ],
  },
});
const SELECTOR = 'Event._AttributeFlattened.{n}';
const type: DataFilter = { label: 'A', selector: SELECTOR, path: 'type', operator: 'equals', value: 'md5' };
const ids: DataFilter = { label: 'B', selector: SELECTOR, path: 'to_ids', operator: 'equals', value: '1' };
const listOf = (data: unknown) => (data as Data).Event._AttributeFlattened;
const idsOf = (data: unknown) => listOf(data).map(({ uuid }) => uuid);

describe('filters of the data', () => {
  it('give a view that shares everything with the whole', () => {
    const whole = make();
    const { data, state } = addFilter(whole, type);
    assert.deepEqual(idsOf(data), ['u1', 'u2']);
    assert.equal(whole.Event._AttributeFlattened.length, 4);
    assert.equal(listOf(data)[0], whole.Event._AttributeFlattened[1]);
    assert.equal((data as Data).Event.Tag, whole.Event.Tag);
    assert.equal(state?.whole, whole);
  });

  it('keep the original positions for paths', () => {
    const { data } = addFilter(make(), type);
    assert.equal(get(data, 'Event._AttributeFlattened.2.uuid'), 'u2');
    assert.deepEqual(extract(data, 'Event._AttributeFlattened.0'), []);
    const second = addFilter(data, ids);
    assert.equal(get(second.data, 'Event._AttributeFlattened.1.uuid'), 'u1');
  });

  it('renew the positions of a copied message', () => {
    const { data, state } = addFilter(make(), type);
    assert.ok(state);
    const copy = structuredClone({ data, state });
    assert.equal(get(copy.data, 'Event._AttributeFlattened.2.uuid'), null);
    renewPositions(copy.data, copy.state);
    assert.equal(get(copy.data, 'Event._AttributeFlattened.2.uuid'), 'u2');
  });

  it('are taken away one by one', () => {
    const first = addFilter(make(), type);
    const second = addFilter(first.data, ids, first.state);
    assert.deepEqual(idsOf(second.data), ['u1']);
    const left = removeFilters(second.data, second.state, 'A');
    assert.deepEqual(idsOf(left.data), ['u0', 'u1']);
    assert.deepEqual(left.state?.enabled, [ids]);
    assert.deepEqual(removeFilters(left.data, left.state).data, make());
  });

  it('put everything back that any of them hid', () => {
    const tag: DataFilter = {
      label: 'A',
      selector: 'Event.Tag',
      path: 'name',
      operator: 'equals',
      value: 'a',
    };
    const first = addFilter(make(), tag);
    const second = addFilter(first.data, type, first.state);
    assert.equal(second.state?.enabled.length, 1);
    assert.deepEqual(removeFilters(second.data, second.state), { data: make() });
  });

  it('keep edits over the reset', () => {
    const whole = make();
    const { data, state } = addFilter(whole, type);
    const view = structuredClone(data) as Data;
    const [edited] = listOf(data);
    assert.ok(edited);
    edited.comment = 'in place';
    (data as Data).Event.info = 'new';
    const restored = removeFilters(data, state).data as Data;
    assert.equal(restored.Event._AttributeFlattened[1]?.comment, 'in place');
    assert.equal(restored.Event.info, 'new');
    assert.equal(restored.Event._AttributeFlattened.length, 4);

    view.Event._AttributeFlattened[1] = { uuid: 'u2', type: 'sha1' };
    view.Event._AttributeFlattened.push({ uuid: 'u9', type: 'url' });
    const merged = removeFilters(view, state).data;
    assert.deepEqual(idsOf(merged), ['u0', 'u1', 'u2', 'u3', 'u9']);
    assert.equal(listOf(merged)[2]?.type, 'sha1');
  });

  it('do nothing when nothing is to be reset', () => {
    const data = make();
    assert.deepEqual(removeFilters(data, undefined), { data });
    const { data: view, state } = addFilter(data, type);
    assert.equal(removeFilters(view, state, 'Z').data, view);
  });

  it('refuse to write under forbidden names', () => {
    for (const selector of ['__proto__.{n}', 'Event.constructor', 'Event.{s}.__proto__.{n}']) {
      assert.throws(() => addFilter(make(), { ...type, selector }), { key: 'forbiddenKey' });
    }
  });
});
