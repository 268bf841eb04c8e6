import type { Runtime } from './values';

/** A filter: names of its arguments, and what it does with the value and them. */
export type Filter = readonly [
  names: readonly string[],
  run: (rt: Runtime, value: unknown, args: unknown[]) => unknown,
];
