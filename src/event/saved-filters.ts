import { extractData } from './hash';
import { getItemsMatchingCondition } from './matching';
import { isEntries } from './values';
import type { Entries } from './values';

/** The filter fields of MISP's action modules (`saved_filters`). */
export interface SavedFilters {
  selector: unknown;
  value: unknown;
  operator: unknown;
  path: unknown;
}

/** Where the attributes of an event are, those of its objects included. */
export const ALL_ATTRIBUTES = 'Event._AttributeFlattened.{n}';

/** MISP's `getFilters`: all four fields; those not set are empty texts. */
export function getFilters(saved: Partial<SavedFilters> = {}): SavedFilters {
  const { selector, value, operator, path } = saved;
  return { selector: selector ?? '', value: value ?? '', operator: operator ?? '', path: path ?? '' };
}

/** MISP's `filtersEnabled`: whether any field is filled in. */
export function filtersEnabled(saved: Partial<SavedFilters> = {}): boolean {
  return Object.values(getFilters(saved)).some((value) => value !== '');
}

/**
 * MISP's `getMatchingItemsForAttributes`: what an action works on, under its original positions. With filters
 * these are the matching items of the selector, else all attributes.
 * @throws HashPathError if a path cannot be read or an item is a single value
 */
export function getMatchingItemsForAttributes(saved: Partial<SavedFilters>, data: unknown): Entries {
  if (!filtersEnabled(saved)) return listOf(extractData(data, ALL_ATTRIBUTES));
  const { selector, ...condition } = getFilters(saved);
  return getItemsMatchingCondition(listOf(extractData(data, selector)), condition);
}

function listOf(found: unknown): Entries {
  return isEntries(found) ? found : [];
}
