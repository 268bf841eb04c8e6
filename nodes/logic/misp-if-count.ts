import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { countFound, countIf, type CountIfParams } from '../../src/logic/count-if';
import { readsOfPaths } from './decided-on';
import { defineLogic } from './define-logic';

const COUNT_IF = {
  module: 'count-if',
  params: {
    selector: 'selector',
    operator: 'operator',
    value: { setting: 'value', form: 'number', default: '' },
  },
} as const satisfies ModuleMapping;

export default defineLogic(
  {
    type: 'misp-if-count',
    modules: [COUNT_IF],
    version: 2,
    migrations: [{ from: 1 }],
    attributesWhen: { selector: 'path' },
    labelBy: 'operator',
    fields: {
      selector: { kind: 'hashpath', default: '', required: true },
      operator: {
        kind: 'select',
        default: 'equals',
        options: ['equals', 'not_equals', 'greater', 'greater_equals', 'less', 'less_equals'],
      },
      value: { kind: 'number', default: 0, min: 0, max: 1000000000 },
    },
  },
  (config) => {
    const params = writeParams<CountIfParams>(COUNT_IF, config);
    return {
      reads: readsOfPaths(config.selector),
      decide: (data) => countIf(params, data),
      lookAt: (data) => countFound(params, data),
    };
  },
);
