import type { Control, Slot } from '../slot';

/** Node-RED's own input for values of several types; it saves the type beside the value. */
export function typed({ node, input, name, field, prefix }: Slot): Control {
  if (field.kind !== 'typed') return {};
  const type = node[`${name}Type`] ?? field.types[0];
  input.typedInput({ default: field.types[0], types: [...field.types], typeField: `#${prefix}${name}Type` });
  input.typedInput('type', type);
  input.typedInput('value', node[name] ?? field.default);
  // The field's own input is hidden now: its label goes to the one that is seen.
  const id = `${input.attr('id')}-value`;
  const control = input.next('.red-ui-typedInput-container').find('.red-ui-typedInput-input').attr('id', id);
  input.siblings('label').attr('for', id);
  return { control };
}
