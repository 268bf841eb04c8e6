import type { Json, JsonObject, Vector } from '../vectors';
import * as actions from './actions';
import * as enrichment from './enrichment';
import * as paths from './paths';
import * as filters from './filters';
import * as graphs from './graphs';
import * as jinja from './jinja';
import * as triggers from './triggers';
import * as logic from './logic';
import * as notify from './notify';
import * as workflowRun from './workflow-run';

/** How the code is asked a vector's question. */
export type Adapter = (input: JsonObject, vector: Vector) => unknown;

/** How all questions of an area are asked at once; the answers by the vectors' ids. */
export type Batch = (vectors: Vector[]) => Promise<Map<string, unknown>>;

/** What an answer of MISP says, where it is not compared as it stands. */
export type Reading = (expected: Json, vector: Vector) => unknown;

export const readings: Record<string, Reading | undefined> = {
  ...actions.readings,
  ...enrichment.readings,
  ...notify.readings,
  ...graphs.readings,
  ...workflowRun.readings,
};

/** All areas that the code covers. */
export const adapters: Record<string, Adapter | undefined> = {
  ...paths.adapters,
  ...logic.adapters,
  ...filters.adapters,
  ...triggers.adapters,
  ...jinja.adapters,
  ...actions.adapters,
  ...enrichment.adapters,
  ...notify.adapters,
  ...graphs.adapters,
};

/** Areas whose questions are asked of a running Node-RED. */
export const batches: Record<string, Batch | undefined> = workflowRun.batches;
