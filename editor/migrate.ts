import { formerNames, migrate } from '../nodes/migrate';
import type { Registered } from './plugin';

/** Brings a node that comes into the editor to the present version of its settings, in place. */
export function migrateNode(node: EditorNode, description: Registered): void {
  const settings = migrate(description, savedOf(node, description));
  for (const former of formerNames(description)) delete node[former];
  for (const [name, { kind }] of Object.entries(description.fields)) {
    if (settings[name] !== undefined) node[name] = structuredClone(settings[name]);
    if (kind === 'typed') node[`${name}Type`] = settings[`${name}Type`];
  }
  node.version = description.version;
}

/** What the node has of its settings; all else that the editor keeps with a node is none of a migration's business. */
function savedOf(node: EditorNode, description: Registered): Record<string, unknown> {
  const names = Object.entries(description.fields).flatMap(([name, { kind }]) =>
    kind === 'typed' ? [name, `${name}Type`] : [name],
  );
  const all = ['version', 'name', ...names, ...formerNames(description)];
  return Object.fromEntries(all.filter((name) => node[name] !== undefined).map((name) => [name, node[name]]));
}
