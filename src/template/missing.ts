import { Problem } from './problem';
import type { Undefined } from './values';

/** Something was wanted of a value that is not there; how to ask first is said where a template can ask. */
export function missing({ name, path }: Undefined, wanted: string): Problem {
  return path === undefined
    ? new Problem('nothingThere', { name, wanted })
    : new Problem('missing', { name: path, wanted });
}
