/** A vector about an action: what it asks, and in which terms its answer is compared. */
import type { Operation } from '../../../src/actions/plan';
import { extract, get } from '../../../src/event/hash';
import { getMatchingItemsForAttributes, type SavedFilters } from '../../../src/event/saved-filters';
import { countOf, isRecord, textOf, valuesOf } from '../../../src/event/values';
import type { Reading } from '../areas/index';
import { configured } from './configured';
import type { Json, JsonObject } from '../vectors';
import { callsOf, changesOf, type Call } from './changes';

/** What a vector asks. */
export interface Question {
  module: string;
  params: Record<string, never>;
  filters: Partial<SavedFilters>;
  data: JsonObject;
  env: JsonObject;
}

export function questionOf(input: JsonObject): Question {
  const { module, params, filters, data, env } = input;
  return {
    module: textOf(module),
    params: configured(textOf(module), params) as Record<string, never>,
    filters: (filters ?? {}) as Partial<SavedFilters>,
    data: data as JsonObject,
    env: (env ?? {}) as JsonObject,
  };
}

/** MISP calls it a failure when there is nothing to work on; here it is a plan without operations. */
export function findsItems({ params, filters, data }: Question): boolean {
  const { scope = 'event' } = params as { scope?: string };
  return scope !== 'attribute' || countOf(getMatchingItemsForAttributes(filters, data)) > 0;
}

/** An answer in the terms in which it is compared. */
export function answerOf(
  result: boolean,
  plan: readonly Operation[],
  question: Pick<Question, 'data' | 'env'>,
  probes?: object,
) {
  return { result, errors: 0, changes: changesOf(callsOf(plan), worldOf(question)), ...probes };
}

export function worldOf({ data, env }: Pick<Question, 'data' | 'env'>) {
  return { data, entries: get(env, 'warninglists.entries', []) as Json[] };
}

/** The wording of errors does not count, except where it is what the module is for. */
export const reading: Reading = (expected, { input }) => {
  if (!isRecord(expected) || expected.throws) return expected;
  const { result, errors, calls, probes } = expected;
  const question = questionOf(input);
  const list = calls as Call[];
  return {
    result,
    errors: question.module === 'stop-execution' ? errors : (errors as Json[]).length,
    changes: changesOf(list, worldOf(question)),
    ...(probes ? { probes: withTimestamps(probes as JsonObject, list, question.data) } : {}),
  };
};

const TIMESTAMPS = 'Event._AttributeFlattened.{n}.timestamp';

/** A level may be a number in the data, and a text in MISP's parameters. */
export const readingLevels: Reading = (expected, vector) => {
  const answer = reading(expected, vector) as { probes: Record<string, Json[]> };
  const probes = Object.entries(answer.probes).map(([path, found]) => [path, found.map(textOf)]);
  return { ...answer, probes: Object.fromEntries(probes) as object };
};

/** MISP takes the timestamp from every attribute that it saves, also from one that stays as it is. */
function withTimestamps(probes: JsonObject, calls: readonly Call[], data: unknown): JsonObject {
  if (!probes[TIMESTAMPS]) return probes;
  const saved = new Set(calls.map(({ attribute_id: id }) => textOf(id)));
  const left = (isGone: (id: string) => boolean) =>
    (valuesOf(extract(data, 'Event._AttributeFlattened.{n}')) as JsonObject[])
      .filter(({ id }) => !isGone(textOf(id)))
      .map(({ timestamp }) => timestamp);
  if (JSON.stringify(left((id) => saved.has(id))) !== JSON.stringify(probes[TIMESTAMPS])) return probes;
  const edited = (id: string) =>
    changesOf(
      calls.filter((call) => textOf(call.attribute_id) === id),
      { data },
    ).length > 0;
  return { ...probes, [TIMESTAMPS]: left(edited) };
}
