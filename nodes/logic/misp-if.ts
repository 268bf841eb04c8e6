import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { compareFound, foundAt, genericIf, type GenericIfParams } from '../../src/logic/generic-if';
import type { Message } from '../../src/runs/message';
import { readsOfPaths } from './decided-on';
import { defineLogic } from './define-logic';
import { VALUE_FIELDS } from './value-fields';

const GENERIC_IF = {
  module: 'generic-if',
  when: { language: 'path' },
  params: {
    value: 'value',
    value_list: { setting: 'value_list', form: 'list' },
    operator: 'operator',
    hash_path: 'hash_path',
  },
} as const satisfies ModuleMapping;

export default defineLogic(
  {
    type: 'misp-if',
    modules: [GENERIC_IF],
    version: 2,
    migrations: [{ from: 1 }],
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
      ...VALUE_FIELDS,
    },
  },
  (config, jsonata) => {
    const params = writeParams<GenericIfParams>(GENERIC_IF, config);
    if (config.language === 'path') {
      return {
        reads: readsOfPaths(config.hash_path),
        decide: (data) => genericIf(params, data),
        lookAt: (data) => foundAt(params, data),
      };
    }
    const evaluate = jsonata(config.expression);
    const lookAt = (_: unknown, message: Message) => evaluate(message);
    return { lookAt, decide: async (_, message) => compareFound(params, await evaluate(message)) };
  },
);
