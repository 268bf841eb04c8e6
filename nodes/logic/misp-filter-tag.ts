import { filterTag } from '../../src/logic/filter-tag';
import { defineFilter, FILTER_LABELS } from './define-filter';

export default defineFilter(
  {
    type: 'misp-filter-tag',
    modules: ['filter-tag'],
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
  (config) => (data, state) =>
    filterTag({ ...config, 'filtering-label': config.filteringLabel }, data, state),
  ({ scope }) => ({ tags: true, reports: scope.endsWith('report') }),
);
