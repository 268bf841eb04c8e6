import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Saved } from '../../nodes/definition';
import { definitions } from './definitions';
import { root, type FlowNode } from './node-red';

/** A node as a version of this package saved it, and what its settings have to be understood as for ever. */
export interface SavedNode {
  saved: Saved;
  now: Saved;
}

/** Where the nodes of a type are kept, by the type's name. */
export const fileOf = (type: string) => path.join(root, 'test/fixtures/saved-flows', `${type}.json`);

export function savedNodes(type: string): SavedNode[] {
  const file = fileOf(type);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SavedNode[]) : [];
}

/** The config nodes that the saved nodes refer to. */
const CONFIGS = new Map([
  ['misp-listener', 'listener'],
  ['misp-server', 'server'],
  ['misp-mail-server', 'mailServer'],
  ['misp-modules', 'modules'],
  ['misp-store', 'store'],
  ['misp-firewall-list', 'firewall-list'],
]);

/** A flow with all of them. Modules get names of their own, and the listener a port. */
export function savedFlow(port: number): { flow: FlowNode[]; of: Map<string, SavedNode> } {
  const of = new Map<string, SavedNode>();
  const flow: FlowNode[] = [{ id: 'tab', type: 'tab', label: 'Saved' }];
  for (const { type, description } of definitions) {
    savedNodes(type).forEach((node, index) => {
      const id = (index === 0 && CONFIGS.get(type)) || `${type}-${index + 1}`;
      of.set(id, node);
      flow.push({
        ...node.saved,
        ...placeOf(type),
        ...wiresOf(description.outputs, type),
        id,
        type,
        ...own(type, id, port),
      });
    });
  }
  return { flow, of };
}

function own(type: string, id: string, port: number): object {
  if (type === 'misp-listener') return { port: String(port) };
  return type === 'misp-trigger' ? { module: id.replaceAll('-', '_') } : {};
}

const placeOf = (type: string) => (CONFIGS.has(type) ? {} : { z: 'tab', x: 200, y: 100 });
const wiresOf = (outputs: readonly string[], type: string) =>
  CONFIGS.has(type) ? {} : { wires: outputs.map(() => []) };

/** A log without what the checks say of a flow that has no wires. */
export function withoutChecks(log: string): string {
  const isCheck = /answers nobody|no block can be reached|No response node can be reached/;
  return log
    .split('\n')
    .filter((line) => !isCheck.test(line))
    .join('\n');
}
