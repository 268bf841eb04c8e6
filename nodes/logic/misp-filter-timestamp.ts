import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { filterTimestamp, type FilterTimestampParams } from '../../src/logic/filter-timestamp';
import { defineFilter, FILTER_LABELS } from './define-filter';

const FILTER_TIMESTAMP = {
  module: 'filter-timestamp',
  params: {
    'filtering-label': 'filteringLabel',
    target: 'target',
    operator: 'operator',
    value: { setting: 'value', default: '' },
  },
} as const satisfies ModuleMapping;

export default defineFilter(
  {
    type: 'misp-filter-timestamp',
    modules: [FILTER_TIMESTAMP],
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
  (config) => {
    const params = writeParams<FilterTimestampParams>(FILTER_TIMESTAMP, config);
    return (data, state) => filterTimestamp(params, data, state);
  },
  ({ target }) => ({ reports: target === 'event_report' }),
);
