import { strict as assert } from 'node:assert';
import { describeFilter, type FilterStep } from '../support/filter';

const list = 'Event._AttributeFlattened.{n}';
const filter = (settings: object): FilterStep => [
  'misp-filter',
  {
    filteringLabel: 'A',
    selector: list,
    hash_path: 'type',
    operator: 'equals',
    value: 'ip-dst',
    ...settings,
  },
];

describeFilter('misp-filter', [
  { name: 'keeps what equals', steps: [filter({})], left: ['a', 'c'] },
  {
    name: 'keeps what is tagged',
    steps: [filter({ hash_path: 'Tag.{n}.name', operator: 'in', value: 'tlp:red' })],
    left: ['a'],
  },
  {
    name: 'keeps any of a list',
    steps: [filter({ operator: 'in_or', hash_path: 'Tag.{n}.name', value_list: ['tlp:red', 'tlp:green'] })],
    left: ['a', 'b'],
  },
  {
    name: 'holds together with another one, and leaves Event.Attribute alone',
    steps: [filter({}), filter({ filteringLabel: 'B', hash_path: 'uuid', value: 'a' })],
    left: ['a'],
    check: ({ Event }) => assert.equal(Event.Attribute.length, 3),
  },
]);
