import { genericFilterReset } from '../../src/logic/generic-filter';
import { defineFilter, FILTER_LABELS } from './define-filter';

export default defineFilter(
  {
    type: 'misp-filter-reset',
    modules: ['generic-filter-reset'],
    version: 1,
    labelBy: 'filteringLabel',
    fields: {
      filteringLabel: { kind: 'select', default: 'all', options: ['all', ...FILTER_LABELS] },
    },
  },
  (config) => (data, state) => genericFilterReset({ 'filtering-label': config.filteringLabel }, data, state),
);
