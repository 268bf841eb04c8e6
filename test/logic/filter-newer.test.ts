import assert from 'node:assert/strict';
import { removeFilters } from '../../src/event/data-filter';
import { extract } from '../../src/event/hash';
import { filterTag } from '../../src/logic/filter-tag';
import { filterTimestamp } from '../../src/logic/filter-timestamp';

const NOW = Date.UTC(2026, 0, 31);
const DAY = 86_400;
const at = (days: number) => String(NOW / 1000 - days * DAY);
const attributes = [
  { id: '1', timestamp: at(1), Tag: [{ name: 'a' }], _allTags: [{ name: 'e' }, { name: 'a' }] },
  {
    id: '2',
    timestamp: at(10),
    Tag: [{ name: 'a' }, { name: 'b' }],
    _allTags: [{ name: 'e' }, { name: 'b' }],
  },
  { id: '3', _allTags: [{ name: 'e' }] },
];
const make = () => ({
  Event: {
    Tag: [{ name: 'e' }],
    Attribute: attributes,
    _AttributeFlattened: attributes,
    Object: [
      { id: '8', timestamp: at(2) },
      { id: '9', timestamp: at(40) },
    ],
    EventReport: [
      { id: '5', timestamp: at(5), Tag: [{ name: 'r' }] },
      { id: '6', timestamp: at(50) },
    ],
  },
});
const ids = (data: unknown, name = '_AttributeFlattened') => extract(data, `Event.${name}.{n}.id`);

describe('filter by tag', () => {
  const run = (scope: string, condition: string, tags: string[]) =>
    filterTag({ scope, condition, tags }, make()).data;

  it('keeps attributes by their own or their effective tags', () => {
    assert.deepEqual(ids(run('attribute', 'in_or', ['b'])), ['2']);
    assert.deepEqual(ids(run('attribute', 'in_and', ['b', 'a'])), ['2']);
    assert.deepEqual(ids(run('attribute', 'not_in_or', ['a'])), ['3']);
    assert.deepEqual(ids(run('attribute', 'not_in_and', ['a', 'b'])), ['1', '3']);
    assert.deepEqual(ids(run('event_attribute', 'in_or', ['e'])), ['1', '2', '3']);
  });

  it('keeps event reports', () => {
    assert.deepEqual(ids(run('event_report', 'in_or', ['r']), 'EventReport'), ['5']);
    assert.deepEqual(ids(run('inherited_report', 'in_and', ['r', 'e']), 'EventReport'), ['5']);
    assert.deepEqual(ids(run('inherited_report', 'in_or', ['e']), 'EventReport'), ['5', '6']);
  });
});

describe('filter by timestamp', () => {
  const run = (params: object) => filterTimestamp(params, make(), undefined, NOW);

  it('keeps what was changed within a time, or was not', () => {
    assert.deepEqual(ids(run({ value: '3d' }).data), ['1']);
    assert.deepEqual(ids(run({ value: '3d' }).data, 'Attribute'), ['1']);
    assert.deepEqual(ids(run({ operator: 'less', value: '72h' }).data), ['2']);
    assert.deepEqual(ids(run({ target: 'object' }).data, 'Object'), ['8']);
    assert.deepEqual(ids(run({ target: 'event_report', value: '2w' }).data, 'EventReport'), ['5']);
  });

  it('keeps what was changed since a point in time', () => {
    assert.deepEqual(ids(run({ operator: 'since', value: at(20) }).data), ['1', '2']);
    assert.deepEqual(ids(run({ operator: 'since', value: '2026-01-25' }).data), ['1']);
    for (const params of [{ operator: 'since', value: '3d' }, { value: 'soon' }, { value: '' }]) {
      assert.throws(() => run(params), { key: 'badTime' });
    }
  });

  it('is taken away as a whole', () => {
    const { data, state } = run({ value: '3d' });
    assert.deepEqual(removeFilters(data, state, 'A'), { data: make() });
  });
});
