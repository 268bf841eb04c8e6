import { extract } from '../event/hash';
import type { SavedFilters } from '../event/saved-filters';
import { isEntries, valuesOf } from '../event/values';
import { WorkflowError } from '../text';
import type { AttachTags, Plan, Ref } from './plan';
import { carriedTags } from './tag-state';
import { attributesOf, byEvent, eventOf, type Target } from './targets';

/** The parameters of MISP's module `assign_country`. */
export interface AssignCountryParams {
  /** `event` or `attribute`. */
  scope?: string;
  /** Where an attribute has names of countries. */
  hash_path?: string;
  /** `local` or `global`. */
  locality?: string;
  relationship_type?: string;
}

/** MISP's default: what enrichment modules answer in their older format. */
export const COUNTRY_PATH = 'enrichment.{n}.{n}.values.0';

/** The tag of a country's galaxy cluster, by the country's name in lower case. */
export type Countries = ReadonlyMap<string, string>;

/** MISP's `guessTagFromPath`: the tags of the countries that are known, in the order given. */
export function guessCountryTags(names: readonly unknown[], countries: Countries): string[] {
  return names.flatMap((name) => {
    if (isEntries(name)) throw new WorkflowError('country.notText');
    return typeof name === 'string' ? (countries.get(lowerCase(name)) ?? []) : [];
  });
}

/**
 * The galaxy clusters of the countries that enrichment found, for the attributes or the event as a whole.
 * @throws {WorkflowError} if the path leads to something else than texts
 */
export function planAssignCountry(
  params: AssignCountryParams,
  filters: Partial<SavedFilters>,
  data: unknown,
  countries: Countries,
): Plan<AttachTags> {
  const { scope = 'event', hash_path: path = COUNTRY_PATH } = params;
  const attributes = attributesOf(filters, data);
  if (scope === 'attribute') return planAttributes(params, path, attributes, countries);
  const { event, ref } = eventOf(data);
  const found = extract(
    attributes.map(({ item }) => item),
    path.startsWith('{n}.') ? path : `{n}.${path}`,
  );
  const known = carriedTags(event);
  const tags = [...new Set(guessCountryTags(valuesOf(found), countries))].filter((tag) => !known?.has(tag));
  return tags.length === 0 ? [] : [operation(params, 'event', ref, [], tags)];
}

/** Attributes with the same countries share an operation. */
function planAttributes(
  params: AssignCountryParams,
  path: string,
  attributes: Target<object>[],
  countries: Countries,
): Plan<AttachTags> {
  return byEvent(attributes).flatMap(({ event, targets }) => {
    const groups = new Map<string, { tags: string[]; items: Ref[] }>();
    for (const { item, ref } of targets) {
      const known = carriedTags(item);
      const names = guessCountryTags(valuesOf(extract(item, path)), countries);
      const tags = [...new Set(names)].filter((tag) => !known?.has(tag));
      if (tags.length === 0) continue;
      const key = JSON.stringify(tags);
      const group = groups.get(key);
      if (group) group.items.push(ref);
      else groups.set(key, { tags, items: [ref] });
    }
    return [...groups.values()].map(({ tags, items }) => operation(params, 'attribute', event, items, tags));
  });
}

function operation(
  { locality = 'local', relationship_type: relationship }: AssignCountryParams,
  scope: 'event' | 'attribute',
  event: Ref,
  items: Ref[],
  tags: string[],
): AttachTags {
  const attach: AttachTags = { do: 'attach-tags', scope, event, items, tags, local: locality !== 'global' };
  return relationship ? { ...attach, relationship } : attach;
}

/** As PHP: letters beyond ASCII stay as they are. */
function lowerCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
