import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { filterTag, type FilterTagParams } from '../../src/logic/filter-tag';
import { defineFilter, FILTER_LABELS } from './define-filter';

const FILTER_TAG = {
  module: 'filter-tag',
  params: {
    'filtering-label': 'filteringLabel',
    scope: 'scope',
    condition: 'condition',
    tags: { setting: 'tags', form: 'list' },
    clusters: { setting: 'clusters', form: 'list' },
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
      condition: {
        kind: 'select',
        default: 'in_or',
        options: ['in_or', 'in_and', 'not_in_or', 'not_in_and'],
      },
      tags: { kind: 'picker', source: 'tags', default: [], required: true, orElse: ['clusters'] },
      clusters: { kind: 'picker', source: 'clusters', default: [] },
    },
  },
  (config) => {
    const params = writeParams<FilterTagParams>(FILTER_TAG, config);
    return (data, state) => filterTag(params, data, state);
  },
  ({ scope }) => ({ tags: true, reports: scope.endsWith('report') }),
);
