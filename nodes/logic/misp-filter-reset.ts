import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { genericFilterReset, type GenericFilterResetParams } from '../../src/logic/generic-filter';
import { defineFilter, FILTER_LABELS } from './define-filter';

const GENERIC_FILTER_RESET = {
  module: 'generic-filter-reset',
  // MISP resets all filters, whatever the label says.
  set: { resetsAll: true },
  params: { 'filtering-label': 'filteringLabel' },
} as const satisfies ModuleMapping;

export default defineFilter(
  {
    type: 'misp-filter-reset',
    modules: [GENERIC_FILTER_RESET],
    version: 1,
    labelBy: 'filteringLabel',
    fields: {
      filteringLabel: { kind: 'select', default: 'all', options: ['all', ...FILTER_LABELS] },
      resetsAll: {
        kind: 'checkbox',
        default: false,
        when: { filteringLabel: [...FILTER_LABELS] },
        advanced: true,
      },
    },
  },
  (config) => {
    const params = writeParams<GenericFilterResetParams>(GENERIC_FILTER_RESET, config);
    return (data, state) => genericFilterReset({ ...params, resetsAll: config.resetsAll }, data, state);
  },
);
