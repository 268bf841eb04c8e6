import { describeLogic } from '../support/logic';

const event = (distribution: string, more: object = {}) => ({ Event: { distribution, ...more } });

describeLogic('misp-if-distribution', [
  ['the event is for all', { scope: 'event', condition: 'equals', distribution: '3' }, event('3'), true],
  ['it is not', { scope: 'event', condition: 'equals', distribution: '3' }, event('1'), false],
  [
    'more restrictive',
    { scope: 'event', condition: 'more_restrictive_or_equal_than', distribution: '1' },
    event('0'),
    true,
  ],
  [
    'a sharing group',
    { scope: 'event', condition: 'equals', distribution: '4', sharing_group_id: ['7'] },
    event('4', { sharing_group_id: '7' }),
    true,
  ],
]);
