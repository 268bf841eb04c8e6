import { COUNTRY_PATH, guessCountryTags, type Countries } from '../../../src/actions/assign-country';
import { substitutions } from '../../../src/actions/tag-patterns';
import { extract, get } from '../../../src/event/hash';
import { looseEquals } from '../../../src/event/loose';
import { filtersEnabled, getMatchingItemsForAttributes } from '../../../src/event/saved-filters';
import { isEntries, isRecord, textOf, valuesOf } from '../../../src/event/values';
import { countriesOf, mispSubstitutes, questionOf, worldOf, type Question } from '../areas/actions';
import { changesOf, type Call } from '../misp/changes';
import type { Json, JsonObject, Vector } from '../vectors';
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

function matching({ filters, data }: Question): JsonObject[] {
  return valuesOf(getMatchingItemsForAttributes(filters, data)) as JsonObject[];
}

function callsIn(expected: Json): Call[] {
  return (expected as unknown as { calls: Call[] }).calls;
}

/** MISP's calls, for the event of the data. */
function onEvent(expected: Json, { data }: Question): Call[] {
  return callsIn(expected).map((call) => ({ ...call, event_id: get(data, 'Event.id') as Json }));
}

function isStrict(tag: string): boolean {
  return /amber[ +_-]*strict/i.test(tag);
}

/** Without the key the event may be untagged, or its tags may not have been sent: that is an error here too. */
function knowsTags(input: JsonObject): boolean {
  const { params, data } = questionOf(input);
  return (params.scope ?? 'event') === 'attribute' || isEntries(get(data, 'Event.Tag'));
}

/** What MISP would call if untagged items had an empty list of tags. */
function replacements(question: Question): Call[] {
  const { module, data, filters } = question;
  const params = question.params as unknown as Record<string, string>;
  const isMeant = !filtersEnabled(filters) || matching(question).length > 0;
  const things: [string, JsonObject][] = [];
  if (params.scope !== 'attribute' && isMeant) things.push(['Event', get(data, 'Event') as JsonObject]);
  if (params.scope !== 'event') for (const item of matching(question)) things.push(['Attribute', item]);
  return things.flatMap(([scope, thing]) => {
    const names = ((thing.Tag ?? []) as { name: string }[]).map(({ name }) => name);
    const found = substitutions(names, mispSubstitutes[module] ?? (() => undefined));
    const where: JsonObject =
      scope === 'Event'
        ? { event_id: thing.id ?? null }
        : { attribute_id: thing.id ?? null, event_id: thing.event_id ?? null };
    const { locality = 'local', relationship_type: type = '' } = params;
    const attach = {
      tags: found.map(({ add }) => add),
      local: locality === 'local',
      relationship_type: type,
    };
    const detach = { tags: found.map(({ remove }) => remove), local: [0, 1] };
    const calls: Call[] = [{ call: `${scope}.attachTags`, ...where, options: attach }];
    if (params.remove_substituted !== 'yes') return calls;
    return [{ call: `${scope}.detachTags`, ...where, options: detach }, ...calls];
  });
}

/** What MISP would call if the filter kept the attributes where they are. */
function filteredCalls(question: Question, vector: Vector): Call[] {
  const isCountry = question.module === 'assign_country';
  return isCountry ? countryCalls(question, countriesOf(vector)) : replacements(question);
}

function countryCalls(question: Question, countries: Countries): Call[] {
  const { data } = question;
  const params = question.params as unknown as Record<string, string>;
  const { scope = 'event', hash_path: path = COUNTRY_PATH, locality, relationship_type: type = '' } = params;
  const optionsFor = (item: JsonObject) => ({
    tags: guessCountryTags(valuesOf(extract(item, path)), countries),
    local: locality !== 'global',
    relationship_type: type,
  });
  return matching(question).map((item): Call => {
    if (scope === 'event') {
      return { call: 'Event.attachTags', event_id: get(data, 'Event.id') as Json, options: optionsFor(item) };
    }
    const where = { attribute_id: item.id ?? null, event_id: item.event_id ?? null };
    return { call: 'Attribute.attachTags', ...where, options: optionsFor(item) };
  });
}

function flattened({ input }: Vector): Json[] {
  return get(input.data, 'Event._AttributeFlattened') as Json[];
}

function changes({ input }: Vector): boolean {
  const question = questionOf(input);
  return changesOf(distributionCalls(question), worldOf(question)).length > 0;
}

function distributionCalls(question: Question): Call[] {
  const event_id = get(question.data, 'Event.id') as Json;
  const { 'Event.distribution': level = [], 'Event.sharing_group_id': group } = wantedLevel(question);
  const save: Call = { call: 'Event.save', event_id, distribution: level[0] ?? null };
  if (group) save.sharing_group_id = group[0] ?? null;
  const { freeze } = question.params as { freeze?: string };
  return freeze === 'freeze' ? [save] : [save, { call: 'Event.touch', event_id }];
}

/** As the probes show it. */
function wantedLevel(question: Question): Record<string, string[]> {
  const { distribution = '0', sharing_group_id: group } = question.params as Record<string, string>;
  return {
    'Event.distribution': [distribution],
    ...(distribution === '4' ? { 'Event.sharing_group_id': [textOf(group)] } : {}),
  };
}

/** With a filter: the proposals of what it leaves. */
function proposalCalls(question: Question): Call[] {
  const { action = 'accept', proposal_type: type } = question.params as Record<string, string>;
  if (!filtersEnabled(question.filters) || !['edit', 'any'].includes(type ?? '')) return [];
  const proposals = matching(question).flatMap((item) => (item.ShadowAttribute ?? []) as JsonObject[]);
  const call = `ShadowAttribute.${action === 'accept' ? 'acceptProposal' : 'discardProposal'}`;
  return proposals.map(({ id }) => ({ call, id: id ?? null }));
}

/** The different texts that are no entries yet. */
function valuesAdded(question: Question): string[] {
  const entries = new Set(worldOf(question).entries.map(textOf));
  const values = new Set(matching(question).map(({ value }) => textOf(value)));
  return [...values].filter((value) => value !== '' && !entries.has(value));
}

/** What MISP makes of them. */
function valuesOfMisp(question: Question): unknown[] {
  const all: unknown[] = [...worldOf(question).entries];
  const before = all.length;
  for (const { value } of matching(question))
    if (!all.some((entry) => looseEquals(entry, value))) all.push(value);
  return all.slice(before);
}
