import { node } from '../flows';
import type { FlowNode } from '../node-red';

/**
 * What MISP is told, and when. `block`, `allow`: at the nodes' own time, which is `after`. `deadline`: by policy
 * (block), naming who held. `error`: blocked, naming the node that failed. `unanswered`: blocked as soon as nothing
 * can come any more, naming where the message ended.
 */
export type Expected = 'block' | 'allow' | 'deadline' | 'error' | 'unanswered';

/**
 * A flow as people draw it:
 *
 *     trigger -> nodes of the shape -> IF tlp:red -> then: block, else: allow
 *
 * (with the rule that all paths end, without the allow). It is asked with an event tagged tlp:red and with one
 * tagged tlp:green.
 */
export interface Shape {
  name: string;
  /** The nodes between trigger and IF; `end` is the IF, `stop` the block. */
  nodes: FlowNode[];
  /** The node behind the trigger. */
  first?: string;
  /** When all paths have to end. */
  red: Expected;
  green: Expected;
  /** When a response decides; where it is not said, what is right follows from the above (`withResponse`). */
  response?: { red?: Expected; green?: Expected };
  /** Milliseconds that the nodes of the shape take. */
  after?: number;
  /** Its node starts a process: how long that takes is the machine's affair, more so for a large process. */
  forks?: true;
}

/** One function node with this code. */
export const fn = (func: string, more: object = {}): FlowNode[] => [
  node('x', 'function', [['end']], { func, outputs: 1, ...more }),
];

/**
 * What is right when a response decides: a path that ends by a decision is no answer, and behind a node of which
 * nobody can tell whether it has finished the allow that its message reached is the answer.
 */
export function withResponse({ red, green, response = {} }: Shape): { red: Expected; green: Expected } {
  return {
    red: response.red ?? (red === 'allow' ? 'unanswered' : red),
    green: response.green ?? (green === 'deadline' ? 'allow' : green),
  };
}
