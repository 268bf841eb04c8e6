import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { organisationIf, organisationOf, type OrganisationIfParams } from '../../src/logic/organisation-if';
import { defineLogic } from './define-logic';

const ORGANISATION_IF = {
  module: 'organisation-if',
  params: {
    org_type: 'org_type',
    condition: {
      setting: 'condition',
      words: [
        ['in', 'in'],
        ['not_in', 'not_in'],
        ['equals', 'in'],
        ['not_equals', 'not_in'],
      ],
    },
    org_id: { setting: 'org_id', form: 'listOrOne', default: [1] },
  },
} as const satisfies ModuleMapping;

export default defineLogic(
  {
    type: 'misp-if-organisation',
    modules: [ORGANISATION_IF],
    version: 1,
    labelBy: 'condition',
    fields: {
      org_type: { kind: 'select', default: 'orgc', options: ['org', 'orgc'] },
      condition: { kind: 'select', default: 'in', options: ['in', 'not_in'] },
      org_id: { kind: 'picker', source: 'organisations', default: [], required: true },
    },
  },
  (config) => {
    const params = writeParams<OrganisationIfParams>(ORGANISATION_IF, config);
    return {
      reads: {},
      decide: (data) => organisationIf(params, data),
      lookAt: (data) => organisationOf(params, data),
    };
  },
);
