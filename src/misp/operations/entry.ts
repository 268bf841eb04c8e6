import type { MispOperation, OperationResult, Ref } from '../../actions/plan';
import type { DoneOf } from '../../actions/reflect-tags';
import type { MispEvent } from '../../event/core';
import { nameOf, mispKey, type Context, type Outcome } from '../carry-out/context';
import type { Permission } from '../permissions';

/**
 * All that belongs to an operation, in one place. What sends to people or systems changes no MISP and has none of
 * this; who carries that out stands in `nodes/actions/parts/sends.ts`.
 */
export interface OperationEntry<O extends MispOperation> {
  /** Does it in MISP, with the fewest calls. */
  carryOut(context: Context, operation: O): Promise<Outcome>;
  /** Shows in the message's data what was done. */
  reflect: Reflect<O>;
  /** Operations of one lane are done in the plan's order, lanes side by side. */
  lane(operation: O): Lane;
  /** How much it counts for in the progress of a plan. */
  size(operation: O): number;
  /** What its items are called in a result; none if it is about one thing. */
  items(operation: O): string[];
  /** What the key's role needs for it, where MISP's refusal does not tell; nothing if it depends. */
  permission: Permission | undefined;
}

/** What it is about is not known: the whole plan is done in order. */
export const WHOLE_PLAN = Symbol('the whole plan');
export type Lane = string | typeof WHOLE_PLAN;

/** The lane of what concerns one event. */
export const laneOfEvent = ({ event }: { event: Ref }): Lane => `event ${mispKey(event) ?? ''}`;
/** The lane of what concerns none. */
export const OTHERS: Lane = 'others';

/** Size and items of what is about one thing. */
export const ONE_THING = { size: () => 1, items: (): string[] => [] };
/** The same of what names its items; what has none is about the event itself. */
export const ITEMS = {
  size: ({ items }: { items: readonly Ref[] }) => Math.max(1, items.length),
  items: ({ items }: { items: readonly Ref[] }) => namesOf(items),
};

/** What things are called in a result. */
export function namesOf(items: readonly Ref[]): string[] {
  return items.flatMap((item) => nameOf(item) ?? []);
}

/**
 * Changes views of one event: with the flow's filters, and the whole last. A list that a filter has narrowed stays
 * narrow.
 * @param done which of some names were done for a thing
 */
export type Reflect<O> = (
  events: readonly MispEvent[],
  operation: O,
  result: Pick<OperationResult, 'state' | 'spelled'>,
  done: DoneOf,
) => void;

/** In each view by itself. */
export function inEach<O>(
  show: (event: MispEvent, ...rest: Parameters<Reflect<O>> extends [unknown, ...infer R] ? R : never) => void,
): Reflect<O> {
  return (events, ...rest) => {
    for (const event of events) show(event, ...rest);
  };
}

/** The data does not hold what is changed. */
export const NOT_IN_DATA: Reflect<unknown> = () => undefined;
