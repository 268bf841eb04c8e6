import type { FilterState } from '../src/event/data-filter';
import type { Message } from '../src/runs/tracker';

/** The filters that are active on a message. */
export function filtersOf({ misp }: Message): FilterState | undefined {
  return (misp as { filters?: FilterState } | undefined)?.filters;
}

/** The data of a message as it was before the flow's filters. */
export function wholeOf(message: Message): unknown {
  return filtersOf(message)?.whole ?? message.payload;
}
