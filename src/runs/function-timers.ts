import type { Reception, TrackedNode } from './reception';

/** A function node as it runs: it lists the timers that its code has set and that have not fired. */
interface FunctionNode extends TrackedNode {
  outstandingTimers?: unknown[];
}

const timersOf = new WeakMap<Reception, unknown[]>();
const watched = new WeakSet<unknown[]>();

/**
 * Notes, from now on, for which reception the code of a function node sets a timer.
 * @param current the reception that the code works for
 */
export function watchTimers(node: FunctionNode, current: () => Reception | undefined): void {
  const { outstandingTimers } = node;
  if (!Array.isArray(outstandingTimers) || watched.has(outstandingTimers)) return;
  watched.add(outstandingTimers);
  outstandingTimers.push = (...timers) => {
    const reception = current();
    if (reception) timersOf.set(reception, [...(timersOf.get(reception) ?? []), ...timers]);
    return Array.prototype.push.apply(outstandingTimers, timers);
  };
}

/** Whether a timer is set that may still send a message of this reception. */
export function hasTimers(reception: Reception): boolean {
  const set = timersOf.get(reception);
  const { outstandingTimers } = reception.node as FunctionNode;
  return (
    set !== undefined &&
    Array.isArray(outstandingTimers) &&
    set.some((timer) => outstandingTimers.includes(timer))
  );
}
