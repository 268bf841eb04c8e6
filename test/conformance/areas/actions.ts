/** Actions that change data: what a plan changes is compared with what MISP's calls change. */
import type { Operation, OperationResult } from '../../../src/actions/plan';
import { guessCountryTags, planAssignCountry } from '../../../src/actions/assign-country';
import { idsFlag, planAttributeEdit, setFields } from '../../../src/actions/attribute-edit';
import { planBlockEvent } from '../../../src/actions/blocklist';
import { planEventDistribution } from '../../../src/actions/event-edit';
import { planProposals } from '../../../src/actions/proposals';
import { planPublish } from '../../../src/actions/publish';
import { planPushZmq } from '../../../src/actions/push-zmq';
import { reflect } from '../../../src/misp/reflect';
import {
  substituteCustom,
  substitutePap,
  substituteTlp,
  substitutions,
} from '../../../src/actions/tag-patterns';
import type { Substitute } from '../../../src/actions/tag-patterns';
import { planTagOperation } from '../../../src/actions/tag-operation';
import { planTagReplacement } from '../../../src/actions/tag-replacement';
import { attachWarninglists, planAddToWarninglist } from '../../../src/actions/warninglist';
import type { WarninglistHit } from '../../../src/actions/warninglist';
import { extract, get } from '../../../src/event/hash';
import { relinkFlattened } from '../../../src/event/relink';
import { getMatchingItemsForAttributes } from '../../../src/event/saved-filters';
import { countOf, isEntries, textOf, valuesOf } from '../../../src/event/values';
import { blockText } from '../../../src/runs/verdict';
import { answerOf, findsItems, questionOf, reading, readingLevels, type Question } from '../misp/question';
import type { Json, JsonObject, Vector } from '../vectors';
import { renderDotted } from './filters';
import type { Adapter, Reading } from './index';

const substitutes: Record<string, Substitute> = {
  tag_replacement_tlp: substituteTlp(),
  tag_replacement_pap: substitutePap,
  // MISP's module for own patterns has none of its own.
  tag_replacement_generic: () => undefined,
};

/** As MISP's module: see the setting for strict tags of the node. */
export const mispSubstitutes: Record<string, Substitute> = {
  ...substitutes,
  tag_replacement_tlp: substituteTlp(true),
};

const plans: Record<string, (question: Question, vector: Vector) => Operation[]> = {
  tag_operation: ({ params, filters, data }) => planTagOperation(params, filters, data),
  assign_country: ({ params, filters, data }, vector) =>
    planAssignCountry(params, filters, data, countriesOf(vector)),
  'proposal-action': ({ params, filters, data }) => planProposals(params, filters, data),
  'push-zmq': ({ params, data }) => planPushZmq(params.data_extraction_path, data),
  'publish-event': ({ params, data }) => planPublish(params, data),
  // What MISP's module notes as organisation is the server's own.
  add_eventblocklist_entry: ({ params, data }) => planBlockEvent(params, data, 'ORGNAME'),
};

const planned: Adapter = (input, vector) => {
  const question = questionOf(input);
  return answerOf(findsItems(question), plans[question.module]?.(question, vector) ?? [], question);
};

/** The tags that are replaced, and by what. */
const match: Adapter = ({ module, tags }) => options(substitutes[textOf(module)] ?? (() => undefined), tags);

function options(substitute: Substitute, tags: Json | undefined): object {
  const found = substitutions((tags as string[]) ?? [], substitute);
  return { remove: found.map(({ remove }) => remove), add: found.map(({ add }) => add) };
}

const replace: Adapter = (input) => {
  const question = questionOf(input);
  const { module, params, filters, data } = question;
  const plan = planTagReplacement(params, mispSubstitutes[module] ?? (() => undefined), filters, data);
  return answerOf(true, plan, question);
};

/** The clusters of countries that the vectors' MISP has. */
export function countriesOf({ fixtures }: Vector): Map<string, string> {
  const clusters = (fixtures?.country_clusters ?? []) as JsonObject[];
  return new Map(clusters.map(({ value, tag_name: tag }) => [textOf(value), textOf(tag)]));
}

/** The data as a trigger hands it on: one object for each attribute, and its own, because it is changed. */
function ownData(data: JsonObject): JsonObject {
  const own = structuredClone(data);
  relinkFlattened(own, false);
  return own;
}

function probed(probes: Json | undefined, data: unknown, read = (value: unknown) => value): object {
  const found = (probes as string[]).map((path): [string, unknown] => [
    path,
    valuesOf(extract(data, path)).map(read),
  ]);
  return { probes: Object.fromEntries(found) };
}

const editAttributes: Adapter = (input) => {
  const question = questionOf(input);
  const { module, params, filters, env } = question;
  const data = ownData(question.data);
  const { action, comment = '' } = params as { action?: string; comment?: string };
  const change =
    module === 'attribute_ids_flag_operation'
      ? idsFlag(action)
      : setFields({ comment: comment === '' ? '' : renderDotted(comment, data) });
  const plan = planAttributeEdit(change, filters, data);
  reflect(data, resultsOf(plan, env, question.data));
  const result = countOf(getMatchingItemsForAttributes(filters, question.data)) > 0;
  return answerOf(result, plan, question, probed(input.probes, data));
};

/** The attributes at the positions of `save_fails` are refused by MISP. */
function resultsOf(plan: Operation[], env: JsonObject, data: JsonObject): OperationResult[] {
  const positions = Object.keys((env.save_fails ?? {}) as object);
  const items = valuesOf(extract(data, 'Event._AttributeFlattened.{n}')) as JsonObject[];
  const failures = positions.map((position) => ({
    item: textOf(items[Number(position)]?.id),
    problem: 'bad',
  }));
  return plan.map((operation) => ({ operation, state: failures.length > 0 ? 'partial' : 'done', failures }));
}

const editEvent: Adapter = (input) => {
  const question = questionOf(input);
  const data = ownData(question.data);
  const plan = planEventDistribution(question.params, data);
  reflect(
    data,
    plan.map((operation) => ({ operation, state: 'done' })),
  );
  return answerOf(true, plan, question, probed(input.probes, data, textOf));
};

/** The lists that a value is on, from the environment; what is asked is answered at once. */
const attachWarnings: Adapter = (input) => {
  const question = questionOf(input);
  const data = ownData(question.data);
  const all = get(question.env, 'warninglists.hits', {}) as Record<string, JsonObject[]>;
  const errors: unknown[] = [];
  const lookUp = (values: string[]) => new Map(values.map((value) => [value, hitsOf(all[value] ?? [])]));
  try {
    attachWarninglists(question.params.warninglists, question.filters, data, lookUp);
  } catch (error) {
    errors.push(error);
  }
  const answer = answerOf(errors.length === 0, [], question, probed(input.probes, data));
  return { ...answer, errors: errors.length };
};

function hitsOf(rows: JsonObject[]): WarninglistHit[] {
  return rows.map((row) => ({
    id: textOf(row.warninglist_id),
    name: textOf(row.warninglist_name),
    category: textOf(row.warninglist_category),
    match: textOf(row.match),
  }));
}

const miscellaneous: Adapter = (input, vector) => {
  const question = questionOf(input);
  const { module, params, filters, data } = question;
  if (module === 'stop-execution') {
    const { message } = params as { message?: string };
    return { result: false, errors: [blockText(renderDotted(textOf(message), data))], changes: [] };
  }
  if (module !== 'add_to_warninglist') return planned(input, vector);
  try {
    return answerOf(true, planAddToWarninglist(params.warninglist, filters, data), question);
  } catch {
    return { ...answerOf(false, [], question), errors: 1 };
  }
};

export const adapters: Record<string, Adapter> = {
  'action-tag-operation': planned,
  'tag-replacement-match': match,
  'tag-replacement-custom': ({ searchRegex, substitutionTemplate, tags }) =>
    options(substituteCustom(textOf(searchRegex), textOf(substitutionTemplate)), tags),
  'action-tag-replacement': replace,
  'assign-country-guess': ({ countries }, vector) =>
    guessCountryTags(isEntries(countries) ? valuesOf(countries) : [], countriesOf(vector)),
  'action-assign-country': planned,
  'action-attribute-edit': editAttributes,
  'action-event-distribution': editEvent,
  'action-proposal': planned,
  'action-warninglist': attachWarnings,
  'action-misc': miscellaneous,
};

/** Where answers are compared by what they change. */
const compared = [
  'action-tag-operation',
  'action-tag-replacement',
  'action-assign-country',
  'action-attribute-edit',
  'action-proposal',
  'action-warninglist',
  'action-misc',
];

export const readings: Record<string, Reading> = {
  ...Object.fromEntries(compared.map((area) => [area, reading])),
  'action-event-distribution': readingLevels,
};
