import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { get } from '../../src/event/hash';
import { publishedIf, type PublishedIfParams } from '../../src/logic/published-if';
import { defineLogic } from './define-logic';

const PUBLISHED_IF = {
  module: 'published-if',
  params: { condition: 'condition' },
} as const satisfies ModuleMapping;

export default defineLogic(
  {
    type: 'misp-if-published',
    modules: [PUBLISHED_IF],
    version: 1,
    labelBy: 'condition',
    fields: {
      condition: { kind: 'select', default: 'equals', options: ['equals', 'not_equals'] },
    },
  },
  (config) => {
    const params = writeParams<PublishedIfParams>(PUBLISHED_IF, config);
    return {
      reads: {},
      decide: (data) => publishedIf(params, data),
      lookAt: (data) => get(data, 'Event.published'),
    };
  },
);
