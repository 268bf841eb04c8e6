import { describeLogic } from '../support/logic';

const data = { Event: { org_id: '1', orgc_id: '2' } };

describeLogic('misp-if-organisation', [
  ['created by', { org_type: 'orgc', condition: 'in', org_id: ['2', '3'] }, data, true],
  ['owned by', { org_type: 'org', condition: 'in', org_id: ['2', '3'] }, data, false],
  ['not owned by', { org_type: 'org', condition: 'not_in', org_id: ['2'] }, data, true],
]);
