import type { Place } from '../store/store';

/** Sorts as a store does, the latest first. */
export function latestFirst(a: Place, b: Place): number {
  if (a.at !== b.at) return b.at - a.at;
  return a.run < b.run ? 1 : a.run > b.run ? -1 : 0;
}

/** Whether one stands behind another one there. */
export const isOlder = (one: Place, than: Place): boolean => latestFirst(one, than) > 0;
