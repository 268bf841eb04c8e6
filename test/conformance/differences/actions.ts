import { filtersEnabled } from '../../../src/event/saved-filters';
import { isEntries, isRecord, valuesOf } from '../../../src/event/values';
import { changesOf, type Call } from '../misp/changes';
import { questionOf, worldOf, type Question } from '../misp/question';
import type { Json } from '../vectors';
import {
  matching,
  callsIn,
  onEvent,
  isStrict,
  knowsTags,
  replacements,
  filteredCalls,
  flattened,
  changes,
  distributionCalls,
  wantedLevel,
  proposalCalls,
  valuesAdded,
  valuesOfMisp,
} from './action-calls';
import type { Rule } from './rule';

export const rules: Rule[] = [
  {
    name: 'A tag operation on the event, with a filter',
    areas: ['action-tag-operation'],
    why: 'MISP looks for the event in what the filter leaves, and tags event null. Here the event is tagged if anything is left.',
    applies: ({ input, expected }) => {
      const question = questionOf(input);
      const isEvent = (question.params.scope ?? 'event') === 'event';
      const isLost = callsIn(expected).some(({ event_id: id }) => id === null);
      return (
        isEvent &&
        isLost &&
        matching(question).length > 0 &&
        changesOf(onEvent(expected, question), worldOf(question)).length > 0
      );
    },
    expected: ({ input, expected }) => {
      const question = questionOf(input);
      return answer(true, onEvent(expected, question), question);
    },
  },
  {
    name: 'tlp:amber+strict stays strict',
    areas: ['tag-replacement-match'],
    why: 'MISP makes it tlp:amber, which more people may see.',
    applies: ({ input, expected }) =>
      input.module === 'tag_replacement_tlp' && (expected as { remove: string[] }).remove.some(isStrict),
    expected: ({ expected }) => {
      const { remove, add } = expected as { remove: string[]; add: string[] };
      const strict = add.map((name, index) => (isStrict(remove[index] ?? '') ? 'tlp:amber+strict' : name));
      return { remove, add: strict };
    },
  },
  {
    name: 'Untagged items have no tags to replace',
    areas: ['action-tag-replacement'],
    why: 'MISP fails on an event or attribute without the key Tag, which untagged ones do not have.',
    applies: ({ input, expected }) => isRecord(expected) && expected.throws === true && knowsTags(input),
    expected: ({ input }) => {
      const question = questionOf(input);
      return answer(true, replacements(question), question);
    },
  },
  {
    name: 'A filter of the country and replacement modules leaves attributes',
    areas: ['action-assign-country', 'action-tag-replacement'],
    why: 'MISP looks for an event in what the filter leaves, and finds no attributes and no event.',
    applies: (vector) => {
      const question = questionOf(vector.input);
      const isAnswer = isRecord(vector.expected) && vector.expected.throws !== true;
      const isNews = changesOf(filteredCalls(question, vector), worldOf(question)).length > 0;
      return isAnswer && filtersEnabled(question.filters) && isNews;
    },
    expected: (vector) => {
      const question = questionOf(vector.input);
      return answer(true, filteredCalls(question, vector), question);
    },
  },
  {
    name: 'Distribution of an event without attributes',
    areas: ['action-event-distribution'],
    why: 'MISP does nothing when there are no attributes, although only the event is to change.',
    applies: (vector) =>
      isEntries(flattened(vector)) && valuesOf(flattened(vector)).length === 0 && changes(vector),
    expected: ({ input, expected }) => {
      const question = questionOf(input);
      const probes = wantedLevel(question);
      return {
        ...answer(true, distributionCalls(question), question),
        probes: { ...(expected as { probes: object }).probes, ...probes },
      };
    },
  },
  {
    name: 'A filter of the proposal module leaves attributes',
    areas: ['action-proposal'],
    why: 'MISP looks for an event in what the filter leaves, and finds none. Here the proposals on the attributes left are decided.',
    applies: ({ input }) => proposalCalls(questionOf(input)).length > 0,
    expected: ({ input }) => {
      const question = questionOf(input);
      return answer(true, proposalCalls(question), question);
    },
  },
  {
    name: 'Entries of a warninglist are texts',
    areas: ['action-misc'],
    why: 'MISP compares numbers: 1e1 is not added beside 10. An empty entry is of no use.',
    applies: ({ input }) =>
      input.module === 'add_to_warninglist' &&
      valuesAdded(questionOf(input)).length !== valuesOfMisp(questionOf(input)).length,
    expected: ({ input }) => {
      const question = questionOf(input);
      const id = question.params.warninglist as unknown as Json;
      return answer(true, [{ call: 'Warninglist.import', id, list: valuesAdded(question) }], question);
    },
  },
];

function answer(result: boolean, calls: Call[], question: Question): object {
  return { result, errors: 0, changes: changesOf(calls, worldOf(question)) };
}
