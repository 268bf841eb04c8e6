import type { JsonObject, Vector } from '../vectors';
import * as paths from './paths';
import * as filters from './filters';
import * as triggers from './triggers';
import * as logic from './logic';

/** How the code is asked a vector's question. */
export type Adapter = (input: JsonObject, vector: Vector) => unknown;

/** All areas that the code covers. */
export const adapters: Record<string, Adapter | undefined> = {
  ...paths.adapters,
  ...logic.adapters,
  ...filters.adapters,
  ...triggers.adapters,
};
