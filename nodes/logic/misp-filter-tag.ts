import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { filterTag, type FilterTagParams } from '../../src/logic/filter-tag';
import { defineFilter, FILTER_LABELS } from './define-filter';
import { TAG_FIELDS, TAG_PARAMS } from './tag-fields';

const FILTER_TAG = {
  module: 'filter-tag',
  params: {
    'filtering-label': 'filteringLabel',
    ...TAG_PARAMS,
  },
} as const satisfies ModuleMapping;

export default defineFilter(
  {
    type: 'misp-filter-tag',
    modules: [FILTER_TAG],
    version: 2,
    migrations: [{ from: 1 }],
    attributesWhen: { scope: ['attribute', 'event_attribute'] },
    labelBy: 'condition',
    fields: {
      filteringLabel: { kind: 'select', default: 'A', options: FILTER_LABELS },
      scope: {
        kind: 'select',
        default: 'attribute',
        options: ['attribute', 'event_attribute', 'event_report', 'inherited_report'],
      },
      ...TAG_FIELDS,
    },
  },
  (config) => {
    const params = writeParams<FilterTagParams>(FILTER_TAG, config);
    return (data, state) => filterTag(params, data, state);
  },
  ({ scope }) => ({ tags: true, reports: scope.endsWith('report') }),
);
