import type { CallOptions, MispClient } from './client';

/** What is reported. */
export interface SightingFields {
  /** 0 sighting, 1 false positive, 2 expiration. */
  type: number;
  /** Of any attribute that the key may see. */
  values?: readonly string[];
  source?: string;
  /** Unix seconds; now, unless told otherwise. */
  timestamp?: number;
}

/** MISP's answer: one sighting, or in words why there is none. */
export interface SightingAnswer {
  Sighting?: Readonly<Record<string, unknown>>;
  message?: string;
}

/**
 * Reports sightings (`sightings/add`), of values or of one attribute. A repetition would count twice.
 * @param attribute id or uuid; without it `values` say what was seen
 */
export function addSighting(
  client: MispClient,
  fields: SightingFields,
  attribute?: string,
  options: CallOptions = {},
): Promise<SightingAnswer> {
  const target = attribute === undefined ? '' : `/${encodeURIComponent(attribute)}`;
  return client.post(`/sightings/add${target}`, fields, options);
}
