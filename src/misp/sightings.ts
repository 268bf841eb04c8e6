import { isRecord, textOf } from '../event/values';
import { text } from '../text';
import type { CallOptions, MispClient } from './client';
import type { Expected, Json } from './expected';

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
  Sighting?: Json;
  message: string;
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
  return client.post(`/sightings/add${target}`, fields, { ...options, expect: sightingOf(attribute) });
}

/** MISP answers 200 in any case; of one attribute the sighting is the attribute's. */
function sightingOf(attribute = ''): Expected<SightingAnswer> {
  return {
    what: text('expected.saved'),
    read(data) {
      if (!isRecord(data)) return undefined;
      const message = typeof data.message === 'string' ? data.message : '';
      const { Sighting } = data;
      if (!isRecord(Sighting)) return /could not|reason/i.test(message) ? { message } : undefined;
      const id = textOf(Sighting.attribute_id);
      const isOther = /^\d+$/.test(attribute) && id !== '' && id !== attribute;
      return isOther ? undefined : { Sighting, message };
    },
  };
}
