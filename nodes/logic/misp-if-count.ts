import { countFound, countIf } from '../../src/logic/count-if';
import { readsOfPaths } from './decided-on';
import { defineLogic } from './define-logic';

export default defineLogic(
  {
    type: 'misp-if-count',
    modules: ['count-if'],
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
  (config) => ({
    reads: readsOfPaths(config.selector),
    decide: (data) => countIf(config, data),
    lookAt: (data) => countFound(config, data),
  }),
);
