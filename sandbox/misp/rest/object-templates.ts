import templates from '../data/object-templates.json';
import { notFound } from './answers';
import type { Resource } from './router';

/** `objectTemplates/getRaw/NAME` or `/UUID`: the template as it stands in MISP's folder of templates. */
export const objectTemplates: Resource = {
  getRaw: {
    run: ({ args: [key = ''], url }) => {
      const found = templates.find(({ name, uuid }) => name === key || uuid === key);
      return found ? { status: 200, body: found } : notFound('Template not found', url);
    },
  },
};
