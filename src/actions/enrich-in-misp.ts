import type { Ref } from './plan';

/** MISP asks its own modules, with the settings that they have there, and saves what they find. */
export interface EnrichInMisp {
  do: 'enrich-in-misp';
  event: Ref;
  /** Attributes. */
  items: Ref[];
  modules: string[];
}
