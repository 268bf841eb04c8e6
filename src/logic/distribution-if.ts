import { EventDataError } from '../event/errors';
import { get } from '../event/hash';
import { looseEquals } from '../event/loose';
import { LooseSet } from '../event/loose-set';
import { entryOf, integerOf, isEmpty, isEntries, valuesOf } from '../event/values';
import type { Entries } from '../event/values';

/** The parameters of MISP's module `distribution-if`. */
export interface DistributionIfParams {
  /** `event`: the event's distribution, `attribute`: the final one of its first attribute. */
  scope?: string;
  condition?: string;
  /** 0 organisation, 1 community, 2 connected communities, 3 all, 4 sharing group. */
  distribution?: unknown;
  /** Sharing group ids, for distribution 4; none chosen means any. */
  sharing_group_id?: unknown;
}

const MOST_PERMISSIVE = 3;
const SHARING_GROUP = 4;
const INHERIT = 5;

/** What carries a distribution, from the outside to the inside. */
type Carriers = Entries[];

/**
 * Compares the distribution of the event, or the final distribution of its first attribute: the most
 * restrictive of event, object and attribute. Where MISP reports an error and goes on with `else`, `report`
 * gets it and the answer is false.
 * @throws EventDataError if the data is no event
 */
export function distributionIf(
  params: DistributionIfParams,
  data: unknown,
  report: (error: EventDataError) => void = () => {},
): boolean {
  const { condition = 'equals', distribution = '0' } = params;
  const carriers = carriersOf(params, data);
  const level = finalLevel(carriers);
  if (level === INHERIT) return refuse('distributionInherited', report);
  if (looseEquals(distribution, SHARING_GROUP)) {
    const answer = compareSharingGroups(condition, sharingGroups(carriers), params.sharing_group_id);
    return answer ?? refuse('distributionCondition', report);
  }
  return compareLevels(condition, level, integerOf(distribution));
}

/** The levels that are looked at, from the event inwards; the most restrictive one counts. */
export function distributionsOf(params: DistributionIfParams, data: unknown): unknown[] {
  return carriersOf(params, data).map((carrier) => entryOf(carrier, 'distribution'));
}

function carriersOf({ scope = 'attribute' }: DistributionIfParams, data: unknown): Carriers {
  const event = get(data, 'Event');
  if (!isEntries(event)) throw new EventDataError('noEvent');
  return scope === 'event' ? [event] : [event, ...firstAttribute(event)];
}

function refuse(
  key: 'distributionInherited' | 'distributionCondition',
  report: (error: EventDataError) => void,
) {
  report(new EventDataError(key));
  return false;
}

/** The first attribute with the object it belongs to; attributes of objects come after the event's own. */
function firstAttribute(event: Entries): Carriers {
  const plain = firstOf(event, 'Attribute');
  if (plain) {
    const object = entryOf(plain, 'Object');
    return isEntries(object) ? [object, plain] : [plain];
  }
  const objects = entryOf(event, 'Object');
  for (const object of isEntries(objects) ? valuesOf(objects) : []) {
    const attribute = isEntries(object) ? firstOf(object, 'Attribute') : undefined;
    if (attribute) return [object as Entries, attribute];
  }
  return [];
}

/** The first entry of a list that is still there. */
function firstOf(owner: Entries, name: string): Entries | undefined {
  const list = entryOf(owner, name);
  const [first] = isEntries(list) ? valuesOf(list) : [];
  return isEntries(first) ? first : undefined;
}

/** The most restrictive level: organisation only, then sharing group, then the smallest number. */
function finalLevel(carriers: Carriers): number {
  const levels = carriers.map((carrier) => integerOf(entryOf(carrier, 'distribution')));
  if (levels.includes(0)) return 0;
  return levels.includes(SHARING_GROUP) ? SHARING_GROUP : Math.min(INHERIT, ...levels);
}

function sharingGroups(carriers: Carriers): unknown[] {
  const limited = carriers.filter((carrier) => looseEquals(entryOf(carrier, 'distribution'), SHARING_GROUP));
  return limited.map((carrier) => entryOf(carrier, 'sharing_group_id'));
}

/** undefined for a condition that sharing groups do not have. */
function compareSharingGroups(condition: string, groups: unknown[], chosen: unknown): boolean | undefined {
  const wanted = new LooseSet(isEmpty(chosen) ? groups : isEntries(chosen) ? valuesOf(chosen) : [chosen]);
  if (condition === 'equals') return groups.length > 0 && groups.every((group) => wanted.has(group));
  if (condition === 'not_equals') return groups.every((group) => !wanted.has(group));
  return undefined;
}

/** A condition that MISP does not have is false. A sharing group is neither more nor less than a level. */
function compareLevels(condition: string, level: number, chosen: number): boolean {
  switch (condition) {
    case 'equals':
      return level === chosen;
    case 'not_equals':
      return level !== chosen;
    case 'more_restrictive_or_equal_than':
      return isBetween(level, 0, chosen);
    case 'more_permisive_or_equal_than':
      return isBetween(level, chosen, MOST_PERMISSIVE);
    default:
      return false;
  }
}

/** MISP's range also runs downwards. */
function isBetween(level: number, from: number, to: number): boolean {
  return level >= Math.min(from, to) && level <= Math.max(from, to);
}
