import { organisationIf, organisationOf } from '../../src/logic/organisation-if';
import { defineLogic } from './define-logic';

export default defineLogic(
  {
    type: 'misp-if-organisation',
    modules: ['organisation-if'],
    version: 1,
    labelBy: 'condition',
    fields: {
      org_type: { kind: 'select', default: 'orgc', options: ['org', 'orgc'] },
      condition: { kind: 'select', default: 'in', options: ['in', 'not_in'] },
      org_id: { kind: 'picker', source: 'organisations', default: [], required: true },
    },
  },
  (config) => ({
    reads: {},
    decide: (data) => organisationIf(config, data),
    lookAt: (data) => organisationOf(config, data),
  }),
);
