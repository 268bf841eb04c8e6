import { migrate } from '../nodes/migrate';

/** Brings a node that comes into the editor to the present version of its settings, in place. */
export function migrateNode(node, description) {
  const settings = migrate(description, node);
  for (const { rename } of description.migrations)
    for (const old of Object.keys(rename ?? {})) delete node[old];
  for (const [name, { kind }] of Object.entries(description.fields)) {
    if (settings[name] !== undefined) node[name] = structuredClone(settings[name]);
    if (kind === 'typed') node[`${name}Type`] = settings[`${name}Type`];
  }
  node.version = description.version;
}
