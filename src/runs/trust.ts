import { whyUnfinished } from './function-code/finished';

/**
 * When a node is finished with a message:
 * - `done`: when it calls done
 * - `return`: when its input handler returns (it works synchronously and has no done)
 * - `queue`: after it has handled its messages one by one (the switch node, see switch-queue.ts)
 * - `unknown`: it may look finished and still send; a run that passed it waits for an explicit answer
 */
export type Completion = 'done' | 'return' | 'queue' | 'unknown';

/** A node as it is saved in the flow file. */
export interface NodeConfig {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** Node types whose "done" the tests in test/flows/verdicts.test.ts have proved. */
const FINISHED_WHEN_DONE = new Set([
  'catch',
  'change',
  'complete',
  'csv',
  'debug',
  'delay',
  'exec',
  'file',
  'file in',
  'html',
  'http request',
  'join',
  'json',
  'junction',
  'link call',
  'link in',
  'link out',
  'range',
  'split',
  'status',
  'template',
  'xml',
  'yaml',
]);

/** How to know that a node is finished. `isOurs` tells the node types of this package. */
export function completionOf(node: NodeConfig, isOurs: (type: string) => boolean): Completion {
  const { type } = node;
  if (FINISHED_WHEN_DONE.has(type) || isOurs(type)) return 'done';
  if (type === 'rbe' || type.startsWith('subflow:')) return 'return';
  if (type === 'switch') return collectsSequences(node) ? 'unknown' : 'queue';
  if (type === 'function') return whyUnfinished(node) ? 'unknown' : 'done';
  if (type === 'trigger') return sendsLater(node) ? 'unknown' : 'done';
  return 'unknown';
}

/** A switch that recreates message sequences keeps messages back until the sequence is complete. */
function collectsSequences(node: NodeConfig): boolean {
  const rules = Array.isArray(node.rules) ? (node.rules as { t?: string }[]) : [];
  return rules.some((rule) => rule.t === 'tail') || node.repair === true;
}

/** A trigger node that sends a second message, or repeats the first, does so after done. */
function sendsLater(node: NodeConfig): boolean {
  return node.op2type !== 'nul' || Number(node.duration) < 0;
}
