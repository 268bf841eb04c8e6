import { filterTimestamp } from '../../src/logic/filter-timestamp';
import { defineFilter, FILTER_LABELS } from './define-filter';

export default defineFilter(
  {
    type: 'misp-filter-timestamp',
    modules: ['filter-timestamp'],
    version: 2,
    migrations: [{ from: 1 }],
    attributesWhen: { target: ['object', 'attribute'] },
    labelBy: 'operator',
    fields: {
      filteringLabel: { kind: 'select', default: 'A', options: FILTER_LABELS },
      target: { kind: 'select', default: 'attribute', options: ['object', 'attribute', 'event_report'] },
      operator: { kind: 'select', default: 'greater', options: ['greater', 'less', 'since'] },
      value: { kind: 'text', default: '30d', required: true },
    },
  },
  (config) => (data, state) =>
    filterTimestamp({ ...config, 'filtering-label': config.filteringLabel }, data, state),
  ({ target }) => ({ reports: target === 'event_report' }),
);
