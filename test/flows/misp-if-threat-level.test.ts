import { describeLogic } from '../support/logic';

const level = (id: string) => ({ Event: { threat_level_id: id } });

describeLogic('misp-if-threat-level', [
  ['is', { condition: 'equals', threatlevel: '1' }, level('1'), true],
  ['or higher', { condition: 'greater_or_equal_than', threatlevel: '2' }, level('1'), true],
  ['or lower', { condition: 'less_or_equal_than', threatlevel: '2' }, level('1'), false],
]);
