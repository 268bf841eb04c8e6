import type { NodeAPI } from 'node-red';
import { namesOf } from '../../src/misp/picker-names';
import { PICKER_SOURCES, searchPicker } from '../../src/misp/pickers';
import { serveMisp } from './ask-misp';
import { textField } from './body';

/** The routes behind the live pickers in the forms: what fits a text, and the names of what was chosen. */
export function servePickers(RED: NodeAPI): void {
  const sourceOf = (name: string) => PICKER_SOURCES.find((known) => known === name);
  serveMisp(RED, '/pickers/:source', (client, params, { search }) => {
    const source = sourceOf(params.source);
    return source && searchPicker(client, source, textField(search));
  });
  serveMisp(RED, '/pickers/:source/chosen', (client, params, { value }) => {
    const source = sourceOf(params.source);
    return source && namesOf(client, source, [value].flat().map(textField));
  });
}
