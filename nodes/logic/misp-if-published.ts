import { get } from '../../src/event/hash';
import { publishedIf } from '../../src/logic/published-if';
import { defineLogic } from './define-logic';

export default defineLogic(
  {
    type: 'misp-if-published',
    modules: ['published-if'],
    version: 1,
    labelBy: 'condition',
    fields: {
      condition: { kind: 'select', default: 'equals', options: ['equals', 'not_equals'] },
    },
  },
  (config) => ({
    reads: {},
    decide: (data) => publishedIf(config, data),
    lookAt: (data) => get(data, 'Event.published'),
  }),
);
