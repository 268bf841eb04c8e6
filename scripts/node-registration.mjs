// The registration of a node type as it stands in the HTML. Node-RED's flow library and `node-red-dev` read
// `RED.nodes.registerType` without running it: what they look for must stand there literally. What it does, and
// the values of the defaults, come from editor/register.

/** What editor/register makes for every type. */
const BEHAVIOUR = [
  'outputLabels',
  'paletteLabel',
  'label',
  'labelStyle',
  'button',
  'onadd',
  'oneditprepare',
  'oneditcancel',
  'oneditsave',
];

/**
 * @param description the definition of the type
 * @param made the expression that gives what editor/register has made of it
 * @returns the statements that register the type
 */
export function registrationOf(description, made, colour) {
  const { type, family, fields, inputs, outputs } = description;
  const isConfig = family === 'config';
  const secrets = Object.keys(fields).filter((name) => fields[name].kind === 'secret');
  const properties = {
    category: literal(isConfig ? 'config' : `MISP ${family}`),
    color: colour && literal(colour),
    icon: isConfig ? undefined : literal(`${type}.svg`),
    inputs: literal(inputs),
    outputs: literal(outputs.length),
    defaults: pick('made.defaults', defaultNames(description)),
    credentials: secrets.length > 0 ? pick('made.credentials', secrets) : undefined,
    ...Object.fromEntries(BEHAVIOUR.map((name) => [name, `made.${name}`])),
  };
  const lines = Object.entries(properties).flatMap(([name, value]) =>
    value ? [`    ${name}: ${value},`] : [],
  );
  return `{
  const made = ${made};
  RED.nodes.registerType(${literal(type)}, {
${lines.join('\n')}
  });
}
`;
}

const literal = (value) => JSON.stringify(value);

const pick = (from, names) =>
  `{\n${names.map((name) => `      ${name}: ${from}.${name},`).join('\n')}\n    }`;

/** The saved settings, in the order of the editor's `defaultsOf`; old names are there for the migrations. */
function defaultNames({ family, fields, migrations = [] }) {
  const old = migrations.flatMap(({ rename = {}, uses = [] }) => [...Object.keys(rename), ...uses]);
  const own = Object.entries(fields).flatMap(([name, { kind }]) => {
    if (kind === 'secret') return [];
    return kind === 'typed' ? [`${name}Type`, name] : [name];
  });
  const remembered = family === 'config' ? [] : ['misp'];
  return [...new Set(['name', 'version', ...remembered, ...old, ...own])];
}
