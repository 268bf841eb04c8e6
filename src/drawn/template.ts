/** A template of objects, as MISP has it: `objectTemplates/getRaw`. */
export interface ObjectTemplate {
  uuid?: string;
  version?: number | string;
  name?: string;
  description?: string;
  'meta-category'?: string;
  attributes?: Record<string, { 'misp-attribute'?: string }>;
  /** Relations that an object must have: all of these, and one of those. */
  required?: unknown;
  requiredOneOf?: unknown;
}
