import { get } from '../../../src/event/hash';
import { omit } from '../../../src/event/edit';
import { getItemsMatchingCondition } from '../../../src/event/matching';
import { parsePath } from '../../../src/event/path';
import { matchesAll } from '../../../src/event/selector';
import { entryOf, isEmpty, isEntries, keysOf, textOf } from '../../../src/event/values';
import { matchesKey } from '../../../src/event/walk';
import type { Entries } from '../../../src/event/values';
import type { Token } from '../../../src/event/path';
import { enabledFilters, observe, runStep, runSteps } from '../areas/filters';
import type { Roaming } from '../areas/filters';
import { sameToPhp } from '../compare';
import type { JsonObject, Vector } from '../vectors';
import { lacksAttribute, withStandIn } from './distribution';
import type { Rule } from './rule';

export const rules: Rule[] = [
  {
    name: 'Resetting filters where there are none',
    areas: ['filters'],
    why: 'MISP wipes the data, or fails if a label is given. Nothing to reset is nothing to do.',
    applies: (vector) => resetsWithoutFilter(vector).length > 0,
    expected: (vector) => {
      const idle = resetsWithoutFilter(vector);
      // Setting a filter and taking it away again is what such a reset must look like.
      const steps = stepsOf(vector).flatMap((step, index) =>
        idle.includes(index) ? [harmless(step), step] : [step],
      );
      const answers = runSteps({ ...vector.input, steps });
      return answers.filter((_, index) => steps[index] === undefined || !isHarmless(steps[index]));
    },
  },
  {
    name: 'A selector with a wildcard in the middle filters each list by itself',
    areas: ['filters'],
    why: 'MISP puts one list of all matches into every object, or into the items themselves.',
    applies: (vector) => isWildFilter(vector) && !sameToPhp(firstView(vector), mispView(vector)),
    expected: (vector) => {
      const [, ...later] = vector.expected as JsonObject[];
      return [firstView(vector), ...later];
    },
  },
  {
    name: 'Distribution of an event without attributes of its own, under a filter',
    areas: ['filters'],
    why: 'MISP fails, as it does without a filter.',
    applies: (vector) => distributionsAsked(vector).some(({ params, data }) => lacksAttribute(params, data)),
    expected: (vector) => {
      const asked = distributionsAsked(vector);
      const steps = stepsOf(vector);
      const others = runSteps({ ...vector.input, steps: steps.filter((step) => !isDistribution(step)) });
      let seen: unknown;
      return steps.map((step) => {
        const question = isDistribution(step) ? asked.shift() : undefined;
        if (!question) return (seen = others.shift());
        return { ...(seen as object), result: withStandIn(question.params, question.data).result };
      });
    },
  },
];

const HARMLESS = 'Event._AttributeFlattened.{n}';

function stepsOf({ input }: Vector): JsonObject[] {
  return input.steps as JsonObject[];
}

/** The steps that reset although no filter is active. */
function resetsWithoutFilter(vector: Vector): number[] {
  let active = false;
  return stepsOf(vector).flatMap((step, index) => {
    const idle = step.reset !== undefined && !active;
    if (step.add) active = true;
    if (step.reset) active = false;
    return idle ? [index] : [];
  });
}

function harmless(step: JsonObject): JsonObject {
  const label = (step.reset as JsonObject)['filtering-label'] ?? 'all';
  return { add: { 'filtering-label': label, selector: HARMLESS, operator: 'any_value', hash_path: 'none' } };
}

function isHarmless(step: JsonObject): boolean {
  return (step.add as JsonObject | undefined)?.hash_path === 'none';
}

function isWildFilter(vector: Vector): boolean {
  const [first] = stepsOf(vector);
  const selector = (first?.add as JsonObject | undefined)?.selector;
  return typeof selector === 'string' && /\{|\[/.test(selector.replace(/(?:^|\.)\{n\}$/, ''));
}

/** The answer to the first step, written out without the code of the filters. */
function firstView(vector: Vector): unknown {
  const {
    selector = '',
    operator = 'in',
    value = '',
    value_list: list = '',
    ...rest
  } = stepsOf(vector)[0]?.add as JsonObject;
  const label = textOf(rest['filtering-label'] ?? 'A');
  const filter = {
    label,
    selector,
    path: rest.hash_path ?? '',
    operator,
    value: operator === 'in_or' ? list : value,
  };
  const state = { whole: vector.input.data, enabled: [filter], narrowed: [] };
  const seen = { result: true, enabled: enabledFilters(state) };
  try {
    const data = narrow(vector.input.data as Entries, parsePath(textOf(selector)).tokens, filter);
    return { ...seen, ...observe({ data, state }, vector.input.probes, vector.input.full) };
  } catch {
    return { ...seen, throws: true };
  }
}

/** A copy in which each list at the path holds what fulfils the condition, under the original keys. */
function narrow(data: Entries, [token, ...rest]: Token[], filter: object): Entries {
  if (!token) return data;
  const kept = keysOf(data).flatMap((key): [string, unknown][] => {
    const value = entryOf(data, key);
    const selected =
      matchesKey(key, token) &&
      (!token.conditions || (isEntries(value) && matchesAll(value, token.conditions)));
    if (rest.length > 0) return [[key, selected && isEntries(value) ? narrow(value, rest, filter) : value]];
    return selected && !isEmpty(getItemsMatchingCondition({ item: value }, filter)) ? [[key, value]] : [];
  });
  return Object.fromEntries(kept);
}

function mispView({ expected }: Vector): unknown {
  return omit((expected as JsonObject[])[0] ?? {}, 'class');
}

function isDistribution(step: JsonObject): boolean {
  return get(step, 'if.module') === 'distribution-if';
}

/** What distribution-if is asked, and the data it gets. */
function distributionsAsked(vector: Vector): { params: JsonObject; data: unknown }[] {
  if (!stepsOf(vector).some(isDistribution)) return [];
  let roaming: Roaming = { data: vector.input.data };
  return stepsOf(vector).flatMap((step) => {
    if (isDistribution(step)) return [{ params: get(step, 'if.params') as JsonObject, data: roaming.data }];
    [, roaming] = runStep(step, roaming);
    return [];
  });
}
