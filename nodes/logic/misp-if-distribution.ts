import { distributionIf, distributionsOf } from '../../src/logic/distribution-if';
import { defineLogic } from './define-logic';

export default defineLogic(
  {
    type: 'misp-if-distribution',
    modules: ['distribution-if'],
    version: 2,
    migrations: [{ from: 1 }],
    attributesWhen: { scope: ['attribute'] },
    labelBy: 'condition',
    fields: {
      scope: { kind: 'select', default: 'attribute', options: ['attribute', 'event'] },
      condition: {
        kind: 'select',
        default: 'equals',
        options: ['equals', 'not_equals', 'more_restrictive_or_equal_than', 'more_permisive_or_equal_than'],
      },
      distribution: { kind: 'select', default: '0', options: ['0', '1', '2', '3', '4'] },
      sharing_group_id: {
        kind: 'picker',
        source: 'sharing-groups',
        default: [],
        required: true,
        when: { distribution: '4' },
      },
    },
  },
  (config) => ({
    reads: {},
    decide: (data) => distributionIf(config, data),
    lookAt: (data) => distributionsOf(config, data),
  }),
);
