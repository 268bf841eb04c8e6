/** Enrichment: what modules are asked, and what stands beside the attributes then. */
import { attributesOf } from '../../../src/actions/targets';
import type { MispAttribute } from '../../../src/event/core';
import { omit } from '../../../src/event/edit';
import { extract, get } from '../../../src/event/hash';
import { relinkFlattened } from '../../../src/event/relink';
import { isRecord, textOf, valuesOf } from '../../../src/event/values';
import { attachAll } from '../../../src/modules/asker';
import { readModules } from '../../../src/modules/list';
import { chosenModules, questionsFor } from '../../../src/modules/questions';
import { replyOf } from '../../../src/modules/reply';
import { WorkflowError } from '../../../src/text';
import { questionOf } from '../misp/question';
import type { Json, JsonObject } from '../vectors';
import type { Adapter, Reading } from './index';

/** The service of the vectors finds nothing where they do not say what it finds. */
const NOTHING = { results: [] };

const attach: Adapter = (input) => {
  const { params, filters, env, data: given } = questionOf(input);
  const data = structuredClone(given);
  relinkFlattened(data, false);
  const answers = get(env, 'enrichment.results', {}) as Record<string, JsonObject | undefined>;
  let calls: object[] = [];
  let errors = 0;
  try {
    const known = readModules(get(env, 'enrichment.modules', []));
    const modules = chosenModules([(params.modules ?? []) as string | string[]].flat(), known);
    const attributes = attributesOf(filters, data).map(({ item }) => item);
    const asked = { eventId: textOf(get(data, 'Event.id')), settings: {}, service: 'the service' };
    const questions = questionsFor(attributes, modules, asked);
    calls = questions.map(({ body }) => ({
      call: 'Module.query',
      type: 'Enrichment',
      post: shortened(body),
    }));
    attachAll(
      questions.map((question) => {
        const { module, attribute } = question;
        const found = answers[module.name]?.[textOf(attribute.value)] ?? NOTHING;
        return { question, reply: replyOf(structuredClone(found)) };
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowError) || error.key !== 'enrich.noModule') throw error;
    errors = 1;
  }
  const probes = (input.probes as string[]).map((path) => [path, valuesOf(extract(data, path))]);
  return { result: errors === 0, errors, calls, probes: Object.fromEntries(probes) as object };
};

/** The vectors name the attribute of a question by its id alone. */
function shortened(body: Record<string, unknown>): object {
  const { attribute } = body as { attribute?: MispAttribute };
  return attribute ? { ...omit(body, 'attribute'), attribute: { id: attribute.id } } : body;
}

/** The wording of errors does not count. */
const reading: Reading = (expected) =>
  isRecord(expected) && !expected.throws
    ? { ...expected, errors: (expected.errors as Json[]).length }
    : expected;

export const adapters: Record<string, Adapter> = { 'action-enrichment': attach };
export const readings: Record<string, Reading> = { 'action-enrichment': reading };
