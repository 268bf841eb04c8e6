/**
 * When a node is finished with a message:
 * - `done`: when it calls done
 * - `return`: when its input handler returns (it works synchronously and has no done)
 * - `queue`: after it has handled its messages one by one (the switch node, see switch-queue.ts)
 * - `unknown`: it may look finished and still send; the run waits for an explicit answer behind it
 */
export type Completion = 'done' | 'return' | 'queue' | 'unknown';

/** How a node treats the messages that it gets. */
export interface Traits {
  completion: Completion;
  /** That it passes nothing on is its decision, and no loss: a condition, a function that is finished. */
  decides: boolean;
  /** It passes on one message for several, told by `msg.parts.id`. */
  groups?: boolean;
  /**
   * After how many allows that its messages reached a node with completion `unknown` is answered: as many as it
   * sends for one message; never, if they may be made of other messages too.
   */
  sends?: number;
}
