import { extract } from '../event/hash';
import { filtersEnabled, getMatchingItemsForAttributes, type SavedFilters } from '../event/saved-filters';
import { isUuid, uuidKey } from '../event/same';
import { isRecord, valuesOf } from '../event/values';
import { WorkflowError } from '../text';
import type { Plan, Ref } from './plan';
import { attributesOf, eventOf, isEventMeant, refOf, reportsOf } from './targets';

/** MISP's kinds of analyst data. */
export type AnalystKind = 'Note' | 'Opinion' | 'Relationship';

/** What analyst data may be about, by MISP's names. */
export type AnalystTarget = 'Event' | 'Attribute' | 'Object' | 'EventReport' | 'GalaxyCluster';

/** Fields as MISP's API takes them; each kind has some of its own. */
export interface AnalystFields {
  authors?: string;
  /** `0` to `3`, `4` with `sharing_group_id`, or `5`: as what it is about. */
  distribution: string;
  sharing_group_id?: string;
  note?: string;
  language?: string;
  opinion?: string;
  comment?: string;
  relationship_type?: string;
  related_object_type?: string;
  related_object_uuid?: string;
}

/** A note, opinion or relationship of the same text for each of the items. */
export interface AddAnalystData {
  do: 'add-analyst-data';
  kind: AnalystKind;
  target: AnalystTarget;
  items: Ref[];
  fields: AnalystFields;
}

/** What MySQL keeps of a text. */
const MOST_CHARACTERS = 65_535;
const LANGUAGE = /^[a-z]{2,8}(?:[-_][a-z0-9]{1,8})*$/i;

/**
 * Notes, opinions or relationships on the event, or on those of its parts that the filter leaves.
 * @param most how many it may be about: MISP takes one call for each
 * @throws {WorkflowError} if MISP would not take the fields, or if it is about too much
 */
export function planAnalystData(
  { kind, target, fields, most }: Omit<AddAnalystData, 'do' | 'items'> & { most: number },
  filters: Partial<SavedFilters>,
  data: unknown,
): Plan<AddAnalystData> {
  checkAnalystData(kind, fields);
  const found = refsOf(target, filters, data);
  const items = found.filter(({ uuid }) => isUuid(uuid));
  if (found.length > 0 && items.length === 0) throw new WorkflowError('analyst.noUuid');
  if (items.length > most) throw new WorkflowError('analyst.tooMany', { count: items.length, most });
  return items.length > 0 ? [{ do: 'add-analyst-data', kind, target, items, fields }] : [];
}

/** @throws {WorkflowError} if MISP would not take it */
export function checkAnalystData(kind: AnalystKind, fields: AnalystFields): void {
  const { note = '', language = '', opinion = '', comment = '' } = fields;
  const length = Math.max(...[note, comment].map((text) => new TextEncoder().encode(text).length));
  if (length > MOST_CHARACTERS) throw new WorkflowError('analyst.tooLong', { length, most: MOST_CHARACTERS });
  if (kind === 'Note') {
    if (note === '') throw new WorkflowError('analyst.empty', { field: 'note' });
    if (language !== '' && !LANGUAGE.test(language))
      throw new WorkflowError('analyst.badLanguage', { value: language });
  }
  if (kind === 'Opinion' && !(/^\d{1,3}$/.test(opinion) && Number(opinion) <= 100))
    throw new WorkflowError('analyst.badOpinion', { value: opinion });
  if (kind === 'Relationship') {
    const { relationship_type: type = '', related_object_uuid: uuid = '' } = fields;
    if (type === '') throw new WorkflowError('analyst.empty', { field: 'relationship type' });
    if (!isUuid(uuid)) throw new WorkflowError('analyst.badUuid', { value: uuid });
  }
}

function refsOf(target: AnalystTarget, filters: Partial<SavedFilters>, data: unknown): Ref[] {
  switch (target) {
    case 'Event':
      return isEventMeant(filters, data) ? [eventOf(data).ref] : [];
    case 'Attribute':
      return attributesOf(filters, data).map(({ ref }) => ref);
    case 'EventReport':
      return reportsOf(filters, data).map(({ ref }) => ref);
    case 'Object':
      return partsOf('Event.Object.{n}', filters, data);
    case 'GalaxyCluster':
      return partsOf('Event.Galaxy.{n}.GalaxyCluster.{n}', filters, data);
  }
}

/** Those of the event's parts that a filter leaves, each once. */
function partsOf(path: string, filters: Partial<SavedFilters>, data: unknown): Ref[] {
  const all = refsIn(valuesOf(extract(data, path)));
  if (!filtersEnabled(filters)) return all;
  const left = refsIn(valuesOf(getMatchingItemsForAttributes(filters, data)));
  const wanted = new Set(left.map(({ uuid }) => uuidKey(uuid)));
  return all.filter(({ uuid }) => wanted.has(uuidKey(uuid)));
}

function refsIn(items: readonly unknown[]): Ref[] {
  const refs = items.filter(isRecord).map(refOf);
  return [...new Map(refs.map((ref) => [uuidKey(ref.uuid), ref])).values()];
}
