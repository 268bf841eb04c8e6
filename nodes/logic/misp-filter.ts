import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { genericFilter, type GenericFilterParams } from '../../src/logic/generic-filter';
import { readsOfPaths } from './decided-on';
import { defineFilter, FILTER_LABELS } from './define-filter';
import { VALUE_FIELDS } from './value-fields';

const GENERIC_FILTER = {
  module: 'generic-filter-data',
  params: {
    'filtering-label': 'filteringLabel',
    selector: { setting: 'selector', default: '' },
    value: 'value',
    value_list: { setting: 'value_list', form: 'list' },
    operator: 'operator',
    hash_path: 'hash_path',
  },
} as const satisfies ModuleMapping;

export default defineFilter(
  {
    type: 'misp-filter',
    modules: [GENERIC_FILTER],
    version: 2,
    migrations: [{ from: 1 }],
    attributesWhen: { selector: 'path' },
    labelBy: 'operator',
    fields: {
      filteringLabel: { kind: 'select', default: 'A', options: FILTER_LABELS },
      selector: { kind: 'hashpath', default: 'Event._AttributeFlattened.{n}', required: true },
      hash_path: { kind: 'hashpath', default: '', required: true },
      ...VALUE_FIELDS,
    },
  },
  (config) => {
    const params = writeParams<GenericFilterParams>(GENERIC_FILTER, config);
    return (data, state) => genericFilter(params, data, state);
  },
  (config) => readsOfPaths(config.selector, config.hash_path),
);
