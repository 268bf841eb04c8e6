import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { aggregated, aggregateIf, type AggregateIfParams } from '../../src/logic/aggregate-if';
import { readsOfPaths } from './decided-on';
import { defineLogic } from './define-logic';

const AGGREGATE_IF = {
  module: 'aggregate_comparator_if',
  params: {
    aggregation_path: 'aggregation_path',
    aggregation_type: 'aggregation_type',
    operator: 'operator',
    value: { setting: 'value', form: 'text', default: '' },
  },
} as const satisfies ModuleMapping;

export default defineLogic(
  {
    type: 'misp-if-aggregate',
    modules: [AGGREGATE_IF],
    version: 1,
    attributesWhen: { aggregation_path: 'path' },
    labelBy: 'operator',
    fields: {
      aggregation_path: { kind: 'hashpath', default: '', required: true },
      aggregation_type: {
        kind: 'select',
        default: 'count',
        options: ['count', 'sum', 'avg', 'min', 'max', 'unique_count', 'median'],
        describe: true,
      },
      operator: {
        kind: 'select',
        default: 'greater',
        options: ['greater', 'greater_equals', 'less', 'less_equals', 'equals', 'not_equals', 'in', 'not_in'],
      },
      value: {
        kind: 'text',
        default: '',
        required: true,
        pattern: String.raw`^\s*[+\-]?\d+(\.\d+)?\s*(,\s*[+\-]?\d+(\.\d+)?\s*)*$`,
        message: 'numbers',
      },
    },
  },
  (config) => {
    const params = writeParams<AggregateIfParams>(AGGREGATE_IF, config);
    const lookAt = aggregated(params);
    return { reads: readsOfPaths(config.aggregation_path), decide: aggregateIf(params), lookAt };
  },
);
