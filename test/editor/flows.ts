import type { Description } from '../../nodes/definition';
import type { FlowNode } from '../support/node-red';

export const tab: FlowNode = { id: 'tab', type: 'tab', label: 'Test' };

/** A node of a type with its defaults, as it is dragged from the palette, with the id `node`. */
export function type(description: Description): FlowNode[] {
  const defaults = Object.fromEntries(
    Object.entries(description.fields).flatMap(([name, field]) =>
      'default' in field ? [[name, field.default]] : [],
    ),
  );
  const isConfig = description.family === 'config';
  const place = isConfig ? {} : { z: 'tab', x: 200, y: 100, wires: description.outputs.map(() => []) };
  return [
    { id: 'node', type: description.type, version: description.version, name: '', ...defaults, ...place },
  ];
}
