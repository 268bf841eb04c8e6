import { describeFilter } from '../support/filter';

const settings = {
  filteringLabel: 'A',
  scope: 'attribute',
  condition: 'in_or',
  tags: ['tlp:red'],
  clusters: [],
};

describeFilter('misp-filter-tag', [
  { name: 'keeps what is tagged', steps: [['misp-filter-tag', settings]], left: ['a'] },
  {
    name: 'keeps what is not',
    steps: [['misp-filter-tag', { ...settings, condition: 'not_in_or' }]],
    left: ['b', 'c'],
  },
]);
