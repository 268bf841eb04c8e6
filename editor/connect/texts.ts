import { textFrom } from '../show';

/** A text of the dialogs that connect and check a MISP, by its key. */
export function text(key: string, params: object = {}): string {
  return textFrom(RED, `@misp-flows/node-red-misp/misp-editor:misp-editor.connect.${key}`, params);
}
