import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { distributionIf, distributionsOf, type DistributionIfParams } from '../../src/logic/distribution-if';
import { defineLogic } from './define-logic';

const DISTRIBUTION_IF = {
  module: 'distribution-if',
  params: {
    scope: 'scope',
    condition: 'condition',
    distribution: { setting: 'distribution', form: 'text' },
    sharing_group_id: { setting: 'sharing_group_id', form: 'listOrOne' },
  },
} as const satisfies ModuleMapping;

export default defineLogic(
  {
    type: 'misp-if-distribution',
    modules: [DISTRIBUTION_IF],
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
  (config) => {
    const params = writeParams<DistributionIfParams>(DISTRIBUTION_IF, config);
    return {
      reads: {},
      decide: (data) => distributionIf(params, data),
      lookAt: (data) => distributionsOf(params, data),
    };
  },
);
