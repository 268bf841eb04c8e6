/** A template of objects, as MISP has it: `objectTemplates/getRaw`. */
export interface ObjectTemplate {
  uuid?: string;
  version?: number | string;
  name?: string;
  description?: string;
  'meta-category'?: string;
  attributes?: Record<string, { 'misp-attribute'?: string }>;
}
