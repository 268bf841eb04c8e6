import { describeLogic } from '../support/logic';

const data = {
  Event: { info: 'Harbor', Tag: [{ name: 'tlp:red' }], Attribute: [{ type: 'ip-dst', value: '192.0.2.1' }] },
};
const path = 'Event.Tag.{n}.name';

describeLogic('misp-if', [
  ['in', { hash_path: path, operator: 'in', value: 'tlp:red' }, data, true],
  ['not in', { hash_path: path, operator: 'not_in', value: 'tlp:red' }, data, false],
  ['equals', { hash_path: 'Event.info', operator: 'equals', value: 'Harbor' }, data, true],
  ['not equals', { hash_path: 'Event.info', operator: 'not_equals', value: 'Harbor' }, data, false],
  ['any value', { hash_path: 'Event.Attribute.{n}[type=ip-dst].value', operator: 'any_value' }, data, true],
  ['any value from', { hash_path: path, operator: 'in_or', value_list: ['x', 'tlp:red'] }, data, true],
  [
    'what a JSONata expression finds',
    { language: 'jsonata', expression: 'payload.Event.Tag.name', operator: 'equals', value: 'tlp:red' },
    data,
    true,
  ],
  [
    'any of several that a JSONata expression finds',
    { language: 'jsonata', expression: '[payload.Event.Attribute.type]', operator: 'in', value: 'md5' },
    data,
    false,
  ],
  ['a path that finds nothing', { hash_path: 'Event.__proto__.x', operator: 'any_value' }, data, false],
]);
