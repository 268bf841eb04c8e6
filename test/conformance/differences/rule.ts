import type { Vector } from '../vectors';

/** Where we answer something else than MISP on purpose. */
export interface Rule {
  /** The heading in docs/differences.md. */
  name: string;
  areas: string[];
  why: string;
  /** Whether the vector, with everything it refers to in place, is such a case. */
  applies(vector: Vector): boolean;
  /** Our own answer. */
  expected(vector: Vector): unknown;
}
