import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { get } from '../../src/event/hash';
import { threatLevelIf, type ThreatLevelIfParams } from '../../src/logic/threat-level-if';
import { defineLogic } from './define-logic';

const THREAT_LEVEL_IF = {
  module: 'threat-level-if',
  params: {
    condition: 'condition',
    threatlevel: {
      setting: 'threatlevel',
      form: 'text',
      words: [
        ['1', '1'],
        ['2', '2'],
        ['3', '3'],
        ['4', '4'],
        ['High', '1'],
        ['Medium', '2'],
        ['Low', '3'],
        ['Undefined', '4'],
      ],
      default: 'Low',
    },
  },
} as const satisfies ModuleMapping;

export default defineLogic(
  {
    type: 'misp-if-threat-level',
    modules: [THREAT_LEVEL_IF],
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
  (config) => {
    const params = writeParams<ThreatLevelIfParams>(THREAT_LEVEL_IF, config);
    return {
      reads: {},
      decide: (data) => threatLevelIf(params, data),
      lookAt: (data) => get(data, 'Event.threat_level_id'),
    };
  },
);
