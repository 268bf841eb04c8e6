import { describeFilter } from '../support/filter';

const settings = { filteringLabel: 'A', target: 'attribute', operator: 'greater', value: '30d' };

describeFilter('misp-filter-timestamp', [
  {
    name: 'keeps what was changed within a time',
    steps: [['misp-filter-timestamp', settings]],
    left: ['a', 'b'],
  },
  {
    name: 'keeps what was not',
    steps: [['misp-filter-timestamp', { ...settings, operator: 'less' }]],
    left: ['c'],
  },
  {
    name: 'keeps what was changed since',
    steps: [['misp-filter-timestamp', { ...settings, operator: 'since', value: '2020-01-01' }]],
    left: ['a', 'b', 'c'],
  },
]);
