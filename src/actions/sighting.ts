import type { SavedFilters } from '../event/saved-filters';
import { textOf } from '../event/values';
import type { AddSightings, Plan } from './plan';
import { attributesOf } from './targets';

/** MISP's kinds of sightings, by the names that its pages use. */
export const SIGHTING_TYPES = { sighting: 0, 'false-positive': 1, expiration: 2 } as const;

export interface SightingParams {
  type: keyof typeof SIGHTING_TYPES;
  /** Who or what has seen it; MISP shows it with the sighting. */
  source: string;
}

/** Sightings of the attributes of an event, those that the filter leaves. */
export function planAttributeSightings(
  params: SightingParams,
  filters: Partial<SavedFilters>,
  data: unknown,
): Plan<AddSightings> {
  const items = attributesOf(filters, data).map(({ ref }) => ref);
  return items.length > 0 ? [{ ...common(params), items }] : [];
}

/** Sightings of values, wherever MISP has them. */
export function planValueSightings(params: SightingParams, values: readonly unknown[]): Plan<AddSightings> {
  const wanted = [...new Set(values.map((value) => textOf(value).trim()))].filter((value) => value !== '');
  return wanted.length > 0 ? [{ ...common(params), values: wanted }] : [];
}

function common({ type, source }: SightingParams) {
  return {
    do: 'add-sightings' as const,
    type: SIGHTING_TYPES[type],
    ...(source ? { source } : {}),
  };
}
