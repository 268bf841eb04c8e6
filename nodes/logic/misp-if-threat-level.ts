import { get } from '../../src/event/hash';
import { threatLevelIf } from '../../src/logic/threat-level-if';
import { defineLogic } from './define-logic';

export default defineLogic(
  {
    type: 'misp-if-threat-level',
    modules: ['threat-level-if'],
    version: 1,
    labelBy: 'condition',
    fields: {
      condition: {
        kind: 'select',
        default: 'equals',
        options: ['equals', 'not_equals', 'greater_or_equal_than', 'less_or_equal_than'],
      },
      threatlevel: { kind: 'select', default: '3', options: ['1', '2', '3', '4'] },
    },
  },
  (config) => ({
    reads: {},
    decide: (data) => threatLevelIf(config, data),
    lookAt: (data) => get(data, 'Event.threat_level_id'),
  }),
);
