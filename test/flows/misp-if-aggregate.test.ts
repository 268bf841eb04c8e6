import { describeLogic } from '../support/logic';

const data = {
  Event: {
    Attribute: [
      { type: 'domain', value: 'a.example', score: '10' },
      { type: 'domain', value: 'b.example', score: 2 },
      { type: 'ip-dst', value: 'a.example', score: null },
    ],
  },
};
const at = (field: string) => `Event.Attribute.{n}.${field}`;
const of = (field: string, aggregation_type: string, operator: string, value: unknown) => ({
  ...{ aggregation_path: at(field), aggregation_type, operator, value },
});

describeLogic('misp-if-aggregate', [
  ['count, without what is empty', of('score', 'count', 'equals', '2'), data, true],
  ['different texts', of('value', 'unique_count', 'equals', '2'), data, true],
  ['the sum', of('score', 'sum', 'greater', '11.5'), data, true],
  ['the largest, as a number', of('score', 'max', 'greater_equals', '10'), data, true],
  ['one of several', of('score', 'avg', 'in', '5, 6'), data, true],
  ['the smallest of nothing', of('missing', 'min', 'not_equals', '5'), data, false],
]);
