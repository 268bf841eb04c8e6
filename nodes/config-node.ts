import type { NodeAPI } from 'node-red';
import { errorSaying, text, WorkflowError, type KeyOf } from '../src/text';
import type { BrokenNode } from './adaptor';

type Having<T, P extends keyof T> = { [K in P]: NonNullable<T[K]> };

/**
 * A config node that works.
 * @param part what such a node has only if it could be set up
 * @param missing key of the error if there is none
 * @throws {WorkflowError} with the node's own reason if it could not be set up
 */
export function configNode<T extends object, P extends keyof T>(
  RED: NodeAPI,
  id: string,
  part: P,
  missing: KeyOf<never>,
): T & Having<T, P> {
  const node = RED.nodes.getNode(id) as (T & BrokenNode) | null;
  if (node?.[part] !== undefined) return node as T & Having<T, P>;
  if (node?.problem) throw new WorkflowError('config.broken', { problem: node.problem });
  throw errorSaying(text(missing));
}
