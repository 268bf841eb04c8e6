/** Node-RED's own input for values of several types; it saves the type beside the value. */
export function typed({ node, input, name, field, prefix }) {
  const type = node[`${name}Type`] ?? field.types[0];
  input.typedInput({ default: field.types[0], types: [...field.types], typeField: `${prefix}${name}Type` });
  input.typedInput('type', type);
  input.typedInput('value', node[name] ?? field.default);
}
