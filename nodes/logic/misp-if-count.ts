import { countFound, countIf } from '../../src/logic/count-if';
import { defineLogic, onPayload } from './define-logic';

export default defineLogic(
  {
    type: 'misp-if-count',
    modules: ['count-if'],
    version: 1,
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
  (config) =>
    onPayload(
      (data) => countIf(config, data),
      (data) => countFound(config, data),
    ),
);
