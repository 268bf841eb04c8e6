import { describeLogic } from '../support/logic';

const data = { Event: { Tag: [{ name: 'a' }, { name: 'b' }] } };

describeLogic('misp-if-count', [
  ['equals', { selector: 'Event.Tag.{n}', operator: 'equals', value: '2' }, data, true],
  ['greater', { selector: 'Event.Tag.{n}', operator: 'greater', value: '2' }, data, false],
  ['less or equals', { selector: 'Event.Tag.{n}', operator: 'less_equals', value: 2 }, data, true],
]);
