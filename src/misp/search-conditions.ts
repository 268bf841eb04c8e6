import { isList, isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { Searched } from './rest-search';

type Flag = 'any' | 'yes' | 'no';

/** What a form asks for; what depends on the message is given apart. */
export interface SearchForm {
  search: Searched;
  types: string[];
  categories: string[];
  tags: string[];
  tagsAll: string[];
  tagsNone: string[];
  organisations: string[];
  published: Flag;
  to_ids: Flag;
  enforceWarninglist: boolean;
  metadata: boolean;
  sightedIn: 'anywhere' | 'event' | 'attribute';
  sightingType: 'any' | '0' | '1' | '2';
}

const CONTENT_VALUES = ['value', 'eventid', 'uuid', 'timestamp', 'last', 'from', 'to'] as const;
const SIGHTING_VALUES = ['last', 'from', 'to', 'sighted'] as const;
export type SearchValue = (typeof CONTENT_VALUES | typeof SIGHTING_VALUES)[number];

/** The fields whose values may come from the message, of those that a search uses. */
export function valuesUsed({ search, sightedIn }: SearchForm): readonly SearchValue[] {
  if (search !== 'sightings') return CONTENT_VALUES;
  return sightedIn === 'anywhere' ? SIGHTING_VALUES.slice(0, 3) : SIGHTING_VALUES;
}

/**
 * The parameters of a restSearch. Lists may hold names with `!` in front, for MISP's not.
 * @param values what was found for the fields of `valuesUsed`
 * @param other further parameters of MISP's; they come before those of the form
 * @throws {WorkflowError} if `other` is no object
 */
export function conditionsOf(
  form: SearchForm,
  values: Partial<Record<SearchValue, unknown>>,
  other: unknown,
): Record<string, unknown> {
  if (!isRecord(other)) throw new WorkflowError('search.notAnObject');
  const own =
    form.search === 'sightings' ? sightingConditions(form, values) : contentConditions(form, values);
  const set = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(set), ...other };
}

function contentConditions(form: SearchForm, values: object): Record<string, unknown> {
  const hasIds = form.search !== 'objects';
  return {
    ...values,
    type: listOf(form.types),
    category: listOf(form.categories),
    tags: tagsOf(form),
    org: listOf(form.organisations),
    published: flagOf(form.published),
    to_ids: hasIds ? flagOf(form.to_ids) : undefined,
    enforceWarninglist: hasIds && form.enforceWarninglist ? 1 : undefined,
    metadata: form.search !== 'attributes' && form.metadata ? 1 : undefined,
  };
}

function sightingConditions(
  { sightedIn, sightingType }: SearchForm,
  { sighted, ...values }: Partial<Record<SearchValue, unknown>>,
): Record<string, unknown> {
  return {
    ...values,
    context: sightedIn === 'anywhere' ? undefined : sightedIn,
    ...(sightedIn === 'anywhere' ? {} : sightedThing(sighted)),
    type: sightingType === 'any' ? undefined : sightingType,
  };
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** MISP takes ids of sighted things as numbers only, and uuids by another name. @throws {WorkflowError} for neither */
function sightedThing(sighted: unknown): Record<string, unknown> {
  if (sighted === undefined) return {};
  const keys = (isList(sighted) ? [...sighted] : [sighted]).map((key) => textOf(key).trim());
  const alone = (list: unknown[]) => (list.length === 1 ? list[0] : list);
  if (keys.every((key) => /^\d+$/.test(key))) return { id: alone(keys.map(Number)) };
  if (keys.every((key) => UUID.test(key))) return { uuid: alone(keys) };
  throw new WorkflowError('search.badSighted');
}

const listOf = (names: string[]) => (names.length > 0 ? names : undefined);
const flagOf = (flag: Flag) => (flag === 'any' ? undefined : flag === 'yes' ? 1 : 0);

/** Any of them as a list; all and none of them in MISP's notation. */
function tagsOf({ tags, tagsAll, tagsNone }: SearchForm): unknown {
  if (tagsAll.length + tagsNone.length === 0) return listOf(tags);
  const parts = { OR: listOf(tags), AND: listOf(tagsAll), NOT: listOf(tagsNone) };
  return Object.fromEntries(Object.entries(parts).filter(([, names]) => names));
}
