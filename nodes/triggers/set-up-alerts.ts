import type { Node, NodeAPI } from 'node-red';
import type { Alert } from '../../src/alerts/alert';
import { labelOf } from '../../src/runs/reception';
import type { Checked } from '../set-up-watch';

/** What is told of how a MISP is set up: each thing that keeps a trigger from working. */
export function setUpAlerts(RED: NodeAPI, { node: id, at, rows }: Checked): Alert[] {
  const node = RED.nodes.getNode(id) as (Node & { type: string }) | null;
  if (!node) return [];
  const place = { id, type: node.type, label: labelOf(node) };
  return rows
    .filter(({ level }) => level === 'red')
    .map((row) => ({ cause: 'setUp', at, reason: row.said, of: `${id} ${row.id}`, node: place }));
}
