import { compareFound, foundAt, genericIf } from '../../src/logic/generic-if';
import { defineLogic, onPayload } from './define-logic';

export default defineLogic(
  {
    type: 'misp-if',
    modules: ['generic-if'],
    version: 1,
    attributesWhen: { hash_path: 'path' },
    labelBy: 'operator',
    fields: {
      language: { kind: 'select', default: 'path', options: ['path', 'jsonata'] },
      hash_path: { kind: 'hashpath', default: '', required: true, when: { language: 'path' } },
      expression: {
        kind: 'typed',
        default: 'payload.Event.info',
        types: ['jsonata'],
        required: true,
        when: { language: 'jsonata' },
      },
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
  (config, jsonata) => {
    if (config.language === 'path') {
      return onPayload(
        (data) => genericIf(config, data),
        (data) => foundAt(config, data),
      );
    }
    const lookAt = jsonata(config.expression);
    return { lookAt, decide: async (message) => compareFound(config, await lookAt(message)) };
  },
);
