import type { Description } from '../../nodes/definition';
import type { FlowNode } from '../support/node-red';

export const tab: FlowNode = { id: 'tab', type: 'tab', label: 'Test' };

/** The id of the node of a type. A setting that equals an id would be taken for a reference to it. */
export const idOf = (type: string): string => `node-${type}`;

/** A node of a type with its defaults, as it is dragged from the palette; see `idOf`. */
export function withDefaults(description: Description): FlowNode {
  const { type, version, family, fields, outputs } = description;
  const defaults = Object.entries(fields).flatMap(([name, field]) =>
    'default' in field ? [[name, field.default]] : [],
  );
  const place = family === 'config' ? {} : { z: 'tab', x: 200, y: 100, wires: outputs.map(() => []) };
  const settings = Object.fromEntries(defaults) as Record<string, unknown>;
  return { id: idOf(type), type, version, name: '', ...settings, ...place };
}
