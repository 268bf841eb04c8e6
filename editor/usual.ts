import type { Registered } from './plugin';
import { applies } from './settings';

/** Config nodes as they were chosen last in a form, by type. */
const lastUsed = new Map<string, string>();

/** The config node that a new node most likely wants: the one used last, or the only one there is. */
export function usualConfig(type: string, z: string): string | undefined {
  const there: string[] = [];
  RED.nodes.eachConfig((config) => {
    const isInReach = !config.z || config.z === z;
    if (config.type === type && isInReach && !config.d) there.push(config.id);
  });
  const last = lastUsed.get(type);
  if (last !== undefined && there.includes(last)) return last;
  return there.length === 1 ? there[0] : undefined;
}

/** Chooses in a node that was drawn just now what it needs, where there is no doubt. */
export function chooseUsual(node: EditorNode, { fields }: Registered): void {
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind !== 'config' || !field.required || node[name]) continue;
    const usual = applies(field, (other) => node[other]) ? usualConfig(field.type, node.z) : undefined;
    if (usual !== undefined) node[name] = usual;
  }
}

/** Notes what was chosen in the form of a node. */
export function noteUsed(node: EditorNode, { fields }: Registered): void {
  for (const [name, field] of Object.entries(fields)) {
    const id = node[name];
    if (field.kind === 'config' && typeof id === 'string' && RED.nodes.node(id)) lastUsed.set(field.type, id);
  }
}
