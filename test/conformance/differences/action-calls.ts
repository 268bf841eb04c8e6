/** What MISP would call for, in the cases in which it fails or finds nothing. */
import { COUNTRY_PATH, guessCountryTags, type Countries } from '../../../src/actions/assign-country';
import { substitutions } from '../../../src/actions/tag-patterns';
import { extract, get } from '../../../src/event/hash';
import { looseEquals } from '../../../src/event/loose';
import { filtersEnabled, getMatchingItemsForAttributes } from '../../../src/event/saved-filters';
import { isEntries, textOf, valuesOf } from '../../../src/event/values';
import { countriesOf, mispSubstitutes } from '../areas/actions';
import { changesOf, type Call } from '../misp/changes';
import { questionOf, worldOf, type Question } from '../misp/question';
import type { Json, JsonObject, Vector } from '../vectors';

export function matching({ filters, data }: Question): JsonObject[] {
  return valuesOf(getMatchingItemsForAttributes(filters, data)) as JsonObject[];
}

export function callsIn(expected: Json): Call[] {
  return (expected as unknown as { calls: Call[] }).calls;
}

/** MISP's calls, for the event of the data. */
export function onEvent(expected: Json, { data }: Question): Call[] {
  return callsIn(expected).map((call) => ({ ...call, event_id: get(data, 'Event.id') as Json }));
}

export function isStrict(tag: string): boolean {
  return /amber[ +_-]*strict/i.test(tag);
}

/** Without the key the event may be untagged, or its tags may not have been sent: that is an error here too. */
export function knowsTags(input: JsonObject): boolean {
  const { params, data } = questionOf(input);
  return (params.scope ?? 'event') === 'attribute' || isEntries(get(data, 'Event.Tag'));
}

/** What MISP would call if untagged items had an empty list of tags. */
export function replacements(question: Question): Call[] {
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
export function filteredCalls(question: Question, vector: Vector): Call[] {
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

export function flattened({ input }: Vector): Json[] {
  return get(input.data, 'Event._AttributeFlattened') as Json[];
}

export function changes({ input }: Vector): boolean {
  const question = questionOf(input);
  return changesOf(distributionCalls(question), worldOf(question)).length > 0;
}

export function distributionCalls(question: Question): Call[] {
  const event_id = get(question.data, 'Event.id') as Json;
  const { 'Event.distribution': level = [], 'Event.sharing_group_id': group } = wantedLevel(question);
  const save: Call = { call: 'Event.save', event_id, distribution: level[0] ?? null };
  if (group) save.sharing_group_id = group[0] ?? null;
  const { freeze } = question.params as { freeze?: string };
  return freeze === 'freeze' ? [save] : [save, { call: 'Event.touch', event_id }];
}

/** As the probes show it. */
export function wantedLevel(question: Question): Record<string, string[]> {
  const { distribution = '0', sharing_group_id: group } = question.params as Record<string, string>;
  return {
    'Event.distribution': [distribution],
    ...(distribution === '4' ? { 'Event.sharing_group_id': [textOf(group)] } : {}),
  };
}

/** With a filter: the proposals of what it leaves. */
export function proposalCalls(question: Question): Call[] {
  const { action = 'accept', proposal_type: type } = question.params as Record<string, string>;
  if (!filtersEnabled(question.filters) || !['edit', 'any'].includes(type ?? '')) return [];
  const proposals = matching(question).flatMap((item) => (item.ShadowAttribute ?? []) as JsonObject[]);
  const call = `ShadowAttribute.${action === 'accept' ? 'acceptProposal' : 'discardProposal'}`;
  return proposals.map(({ id }) => ({ call, id: id ?? null }));
}

/** The different texts that are no entries yet. */
export function valuesAdded(question: Question): string[] {
  const entries = new Set(worldOf(question).entries.map(textOf));
  const values = new Set(matching(question).map(({ value }) => textOf(value)));
  return [...values].filter((value) => value !== '' && !entries.has(value));
}

/** What MISP makes of them. */
export function valuesOfMisp(question: Question): unknown[] {
  const all: unknown[] = [...worldOf(question).entries];
  const before = all.length;
  for (const { value } of matching(question))
    if (!all.some((entry) => looseEquals(entry, value))) all.push(value);
  return all.slice(before);
}
