import { genericFilter } from '../../src/logic/generic-filter';
import { readsOfPaths } from './decided-on';
import { defineFilter, FILTER_LABELS } from './define-filter';

export default defineFilter(
  {
    type: 'misp-filter',
    modules: ['generic-filter-data'],
    version: 2,
    migrations: [{ from: 1 }],
    attributesWhen: { selector: 'path' },
    labelBy: 'operator',
    fields: {
      filteringLabel: { kind: 'select', default: 'A', options: FILTER_LABELS },
      selector: { kind: 'hashpath', default: 'Event._AttributeFlattened.{n}', required: true },
      hash_path: { kind: 'hashpath', default: '', required: true },
      operator: {
        kind: 'select',
        default: 'in',
        options: ['in', 'not_in', 'equals', 'not_equals', 'any_value', 'in_or'],
      },
      value: {
        kind: 'text',
        default: '',
        required: true,
        when: { operator: ['in', 'not_in', 'equals', 'not_equals'] },
      },
      value_list: { kind: 'list', default: [], required: true, when: { operator: 'in_or' } },
    },
  },
  (config) => (data, state) =>
    genericFilter({ ...config, 'filtering-label': config.filteringLabel }, data, state),
  (config) => readsOfPaths(config.selector, config.hash_path),
);
