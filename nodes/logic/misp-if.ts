import { foundAt, genericIf } from '../../src/logic/generic-if';
import { defineLogic } from './define-logic';

export default defineLogic(
  {
    type: 'misp-if',
    modules: ['generic-if'],
    version: 1,
    labelBy: 'operator',
    fields: {
      hash_path: { kind: 'hashpath', default: '', required: true },
      operator: {
        kind: 'select',
        default: 'in',
        options: ['in', 'not_in', 'equals', 'not_equals', 'any_value', 'in_or'],
      },
      value: { kind: 'text', default: '', when: { operator: ['in', 'not_in', 'equals', 'not_equals'] } },
      value_list: { kind: 'list', default: [], when: { operator: 'in_or' } },
    },
  },
  (config) => (data) => genericIf(config, data),
  (config, data) => foundAt(config, data),
);
