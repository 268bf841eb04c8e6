import { textFrom } from '../show';

/** A text of what brings flows in and out, by its key; its values stay plain text. */
export function text(key: string, params: object = {}): string {
  return textFrom(RED, `@misp-flows/node-red-misp/misp-editor:misp-editor.flows.${key}`, params);
}
