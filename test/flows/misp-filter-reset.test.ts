import { strict as assert } from 'node:assert';
import { describeFilter, type FilterStep } from '../support/filter';

const filter = (filteringLabel: string, value: string): FilterStep => [
  'misp-filter',
  { filteringLabel, selector: 'Event._AttributeFlattened.{n}', hash_path: 'type', operator: 'equals', value },
];
const reset = (filteringLabel: string): FilterStep => ['misp-filter-reset', { filteringLabel }];

describeFilter('misp-filter-reset', [
  {
    name: 'brings back what was hidden',
    steps: [filter('A', 'ip-dst'), reset('all')],
    left: ['a', 'b', 'c'],
  },
  {
    name: 'takes one label away',
    steps: [filter('A', 'ip-dst'), filter('B', 'domain'), reset('B')],
    left: ['a', 'c'],
  },
  {
    name: 'keeps edits made meanwhile',
    steps: [filter('A', 'domain'), ['', {}], reset('all')],
    left: ['a', 'b', 'c'],
    check: ({ Event }) =>
      assert.deepEqual(
        Event._AttributeFlattened.map((entry) => entry.comment),
        [undefined, 'edited', undefined],
      ),
  },
  { name: 'changes nothing without a filter', steps: [reset('all')], left: ['a', 'b', 'c'] },
]);
