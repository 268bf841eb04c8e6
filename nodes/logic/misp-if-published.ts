import { get } from '../../src/event/hash';
import { publishedIf } from '../../src/logic/published-if';
import { defineLogic, onPayload } from './define-logic';

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
  (config) =>
    onPayload(
      (data) => publishedIf(config, data),
      (data) => get(data, 'Event.published'),
    ),
);
