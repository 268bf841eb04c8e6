import { describeLogic } from '../support/logic';

describeLogic('misp-if-published', [
  ['published', { condition: 'equals' }, { Event: { published: true } }, true],
  ['not published', { condition: 'equals' }, { Event: { published: false } }, false],
  ['is not published', { condition: 'not_equals' }, { Event: { published: false } }, true],
]);
