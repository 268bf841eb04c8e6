import type { NodeAPI } from 'node-red';
import type { NodeConfig } from '../src/runs/trust';
import { migrate } from './migrate';
import { ourTypes } from './our-types';

/** What is filled in when the flow is started. */
const isFilledIn = (value: unknown) => typeof value === 'string' && /^\s*\$\{/.test(value);
const SUBFLOW = 'subflow:';

/**
 * The deployed nodes that set or take away local tags in a MISP, by what they are called; those in subflows too, if the
 * subflow is used. What a subflow fills in may be this MISP, and a local tag.
 * @param server the node of the MISP
 */
export function localTagNodes(RED: NodeAPI, server: string): string[] {
  const all: NodeConfig[] = [];
  RED.nodes.eachNode((config) => all.push(config as unknown as NodeConfig));
  const names = running(all).flatMap((node) => (tagsLocally(node, server) ? [nameOf(node)] : []));
  return [...new Set(names)];
}

function tagsLocally(node: NodeConfig, server: string): boolean {
  const description = ourTypes.get(node.type);
  if (description?.writes !== true || !Object.hasOwn(description.fields, 'locality')) return false;
  const { locality, server: at } = migrate(description, node);
  return (at === server || isFilledIn(at)) && (locality === 'local' || isFilledIn(locality));
}

/** Without what is disabled, and without subflows that nobody uses. */
function running(all: readonly NodeConfig[]): NodeConfig[] {
  const closed = new Set(all.filter(({ disabled }) => disabled === true).map(({ id }) => id));
  const on = all.filter(({ d, z }) => d !== true && !closed.has(z as string));
  const subflows = new Set(all.filter(({ type }) => type === 'subflow').map(({ id }) => id));
  const used = new Set<string>();
  const use = (place: (z: unknown) => boolean) => {
    for (const { type, z } of on) {
      const id = type.startsWith(SUBFLOW) ? type.slice(SUBFLOW.length) : '';
      if (!id || used.has(id) || !place(z)) continue;
      used.add(id);
      use((inner) => inner === id);
    }
  };
  use((z) => !subflows.has(z as string));
  return on.filter(({ z }) => !subflows.has(z as string) || used.has(z as string));
}

const nameOf = ({ name, type }: NodeConfig): string =>
  typeof name === 'string' && name.trim() !== '' ? name : type;
