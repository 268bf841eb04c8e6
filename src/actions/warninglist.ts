import type { MispAttribute, MispData } from '../event/core';
import type { SavedFilters } from '../event/saved-filters';
import { isList, isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { ExtendWarninglist, Plan } from './plan';
import { attributesOf } from './targets';

/** A hit as MISP attaches it to an attribute. */
export interface Warning {
  warninglist_id: string;
  warninglist_name: string;
  warninglist_category: string;
  match: string;
  value: string;
}

/** A list that a MISP has. */
export interface Warninglist {
  id: string;
  name: string;
  category: string;
}

/** The hits of values, by value. Values without hits may be missing. */
export type Hits = ReadonlyMap<string, readonly WarninglistHit[]>;
export type LookUp = (values: string[]) => Hits;
/** A list that a value is on, and its entry that matched. */
export interface WarninglistHit extends Warninglist {
  match: string;
}

const ALL = 'ALL';

/** What attaching came to. */
export interface Attached {
  /** Attributes that are on a chosen list. */
  attributes: number;
  lists: string[];
}

/**
 * MISP's module `attach-warninglist`: the hits of the attributes' values on the chosen lists go to `warnings` of
 * each attribute, and the lists to `Event.warnings`. MISP's data is not changed, only the message's.
 * @param warninglists names, or `ALL`
 * @throws {WorkflowError} if no list is chosen
 */
export function attachWarninglists(
  warninglists: string | readonly string[] = ALL,
  filters: Partial<SavedFilters>,
  data: unknown,
  lookUp: LookUp,
): Attached {
  const chosen = new Set([warninglists].flat().filter((name) => name !== ''));
  if (chosen.size === 0) throw new WorkflowError('warninglist.noneChosen');
  const attributes = attributesOf(filters, data).map(({ item }) => item);
  const hits = lookUp([...new Set(attributes.map(valueOf))]);
  const counted = new Set<string>();
  let count = 0;
  for (const attribute of attributes) {
    const own = (hits.get(valueOf(attribute)) ?? []).filter(
      ({ name }) => chosen.has(ALL) || chosen.has(name),
    );
    if (own.length > 0) count++;
    for (const { name } of own) counted.add(name);
    attachTo(attribute, own);
  }
  summarize(data as MispData);
  return { attributes: count, lists: [...counted] };
}

function attachTo(attribute: MispAttribute, hits: readonly WarninglistHit[]): void {
  const known = warningsOf(attribute);
  const fresh = hits.filter(
    ({ id, match }) =>
      !known.some((warning) => textOf(warning.warninglist_id) === id && textOf(warning.match) === match),
  );
  if (fresh.length === 0) return;
  const value = valueOf(attribute);
  const added = fresh.map(({ id, name, category, match }): Warning => ({
    warninglist_id: id,
    warninglist_name: name,
    warninglist_category: category,
    match,
    value,
  }));
  attribute.warnings = [...known, ...added];
}

/** The lists of all attributes, each once; the last attribute that names a list says what it is called. */
function summarize(data: MispData): void {
  const lists = new Map<string, Warninglist>();
  for (const attribute of data.Event._AttributeFlattened ?? []) {
    for (const warning of warningsOf(attribute)) {
      const id = textOf(warning.warninglist_id);
      const { warninglist_name: name, warninglist_category: category } = warning;
      lists.set(id, { id, name: textOf(name), category: textOf(category) });
    }
  }
  if (lists.size > 0) data.Event.warnings = [...lists.values()];
}

function warningsOf({ warnings }: MispAttribute): Readonly<Record<string, unknown>>[] {
  return isList(warnings) ? warnings.filter(isRecord) : [];
}

function valueOf({ value }: MispAttribute): string {
  return textOf(value);
}

/**
 * MISP's module `add_to_warninglist`: the attributes' values for a custom list, each once.
 * @param warninglist id or name
 * @throws {WorkflowError} if no list is chosen
 */
export function planAddToWarninglist(
  warninglist: string | number | undefined,
  filters: Partial<SavedFilters>,
  data: unknown,
): Plan<ExtendWarninglist> {
  const list = textOf(warninglist);
  if (list === '') throw new WorkflowError('warninglist.noneChosen');
  const found = new Set(attributesOf(filters, data).map(({ item }) => valueOf(item)));
  const values = [...found].filter((value) => value !== '');
  return values.length > 0 ? [{ do: 'extend-warninglist', list, values }] : [];
}
