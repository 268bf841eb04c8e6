import { get } from '../../../src/event/hash';
import { distributionIf } from '../../../src/logic/distribution-if';
import { integerOf, isEmpty, isEntries, textOf, valuesOf } from '../../../src/event/values';
import type { Json, JsonObject } from '../vectors';
import type { Rule } from './rule';

const SHARING_GROUP = '4';

export const rules: Rule[] = [
  {
    name: 'Distribution of an event without attributes of its own',
    areas: ['distribution-if'],
    why: 'MISP fails. The first attribute of the first object counts; without any attribute, the event alone.',
    applies: ({ input: { params, data } }) => lacksAttribute(params as JsonObject, data),
    expected: ({ input: { params, data } }) => withStandIn(params as JsonObject, data),
  },
  {
    name: 'No sharing group is no chosen sharing group',
    areas: ['distribution-if'],
    why: 'For data in no sharing group MISP says that its sharing group is [7], and that it is not.',
    applies: ({ input: { params, data } }) =>
      !lacksAttribute(params as JsonObject, data) && isOutsideOfGroups(params as JsonObject, data),
    expected: () => ({ result: false, errors: [] }),
  },
];

/** Where MISP needs an attribute that is not there. */
export function lacksAttribute(params: JsonObject, data: unknown): boolean {
  const needsOne = (params.scope ?? 'attribute') !== 'event' || textOf(params.distribution) === SHARING_GROUP;
  return needsOne && isEntries(get(data, 'Event')) && !isEntries(get(data, 'Event.Attribute.0'));
}

/**
 * The answer for the same event with an attribute in its place: that of the first object, which carries its
 * object, or one that inherits. Such events are compared with MISP exactly.
 */
export function withStandIn(params: JsonObject, data: unknown): { result: boolean; errors: string[] } {
  const event = get(data, 'Event') as JsonObject;
  const errors: string[] = [];
  const whole = { Event: { ...event, Attribute: [standIn(event)] } };
  const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null));
  const result = distributionIf(given, whole, (error) => errors.push(error.message));
  return { result, errors };
}

/** The first attribute left, or that of the first object. */
function standIn({ Attribute: own, Object: objects }: JsonObject): JsonObject {
  const [left] = listOf(own);
  if (left) return left;
  const owner = listOf(objects).find((object) => listOf(object.Attribute).length > 0);
  const [nested] = listOf(owner?.Attribute);
  return nested && owner ? { ...nested, Object: owner } : { distribution: '5', sharing_group_id: '0' };
}

function listOf(list: Json | undefined): JsonObject[] {
  return isEntries(list) ? (valuesOf(list) as JsonObject[]) : [];
}

function isOutsideOfGroups(params: JsonObject, data: unknown): boolean {
  if ((params.condition ?? 'equals') !== 'equals' || textOf(params.distribution) !== SHARING_GROUP)
    return false;
  const places =
    params.scope === 'event' ? ['Event'] : ['Event', 'Event.Attribute.0', 'Event.Attribute.0.Object'];
  const carriers = places.map((place) => get(data, place)).filter(isEntries);
  const levels = carriers.map((carrier) => String(integerOf(get(carrier, 'distribution'))));
  const isRefused = levels.every((level) => level === '5');
  return !isEmpty(params.sharing_group_id) && !isRefused && !levels.includes(SHARING_GROUP);
}
