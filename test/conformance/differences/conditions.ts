import { extract, extractData, get } from '../../../src/event/hash';
import { looseCompare, looseEquals } from '../../../src/event/loose';
import { entryOf, isEmpty, isEntries, keysOf, valuesOf } from '../../../src/event/values';
import type { Entries } from '../../../src/event/values';
import type { JsonObject, Vector } from '../vectors';
import type { Rule } from './rule';

const LEVELS = new Map<unknown, string>([
  ['High', '1'],
  ['Low', '3'],
  ['Medium', '2'],
  ['Undefined', '4'],
]);

export const rules: Rule[] = [
  {
    name: '"All of" counts what is there twice',
    areas: ['evaluate-condition', 'tag-if', 'items-matching'],
    why: 'A tag on two attributes, or chosen twice, must not turn "tagged with all" into its opposite.',
    applies: (vector) => listConditions(vector).some(isMiscounted),
    expected: (vector) => {
      if (vector.area === 'items-matching')
        return keep(vector.input, (item) => holds(itemCondition(vector.input, item)));
      const [result] = listConditions(vector).map(holds);
      return vector.area === 'tag-if' ? { result, errors: [] } : result;
    },
  },
  {
    name: 'Items that are single values are compared as a whole',
    areas: ['items-matching'],
    why: 'Without a path MISP compares the first character of a text, and nothing of a number.',
    applies: ({ input }) =>
      (input.operator === 'equals' || input.operator === 'not_equals') &&
      isEmpty(input.path) &&
      valuesOf(itemsOf(input)).some((item) => {
        const { value } = input;
        return !isEntries(item) && looseEquals(firstCharacter(item), value) !== looseEquals(item, value);
      }),
    expected: ({ input }) =>
      keep(input, (item) => {
        const compared = isEntries(item) && !isEmpty(item) ? (entryOf(item, '0') ?? null) : item;
        return !isEntries(compared) && looseEquals(compared, input.value) === (input.operator === 'equals');
      }),
  },
  {
    name: 'The text "false" is not published',
    areas: ['published-if'],
    why: 'To PHP every text but "" and "0" is true.',
    applies: (vector) => get(vector.input.data, 'Event.published') === 'false' && isKnownCondition(vector),
    expected: ({ input }) => ({ result: param(input, 'condition', 'equals') === 'not_equals', errors: [] }),
  },
  {
    name: 'Threat levels by name',
    areas: ['threat-level-if'],
    why: 'The default of MISP\'s module is the text "Low", which it compares with ids.',
    applies: (vector) => {
      const level = param(vector.input, 'threatlevel', 'Low');
      const id = LEVELS.get(level);
      return id !== undefined && compareLevel(vector, level) !== compareLevel(vector, id);
    },
    expected: (vector) => ({
      result: compareLevel(vector, LEVELS.get(param(vector.input, 'threatlevel', 'Low'))),
      errors: [],
    }),
  },
];

function itemsOf({ items, selector }: JsonObject): Entries {
  const found = selector === undefined ? items : extractData(items, selector);
  return isEntries(found) ? found : [];
}

/** The items that fit, under their keys; or the keys, where the vector asks for no more. */
function keep(input: JsonObject, fits: (item: unknown) => boolean): unknown {
  const items = itemsOf(input);
  const keys = keysOf(items).filter((key) => fits(entryOf(items, key)));
  if (input.keys_only) return keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  return Object.fromEntries(keys.map((key) => [key, entryOf(items, key)]));
}

/** The lists that a condition compares. */
interface ListCondition {
  operator: unknown;
  data: unknown[];
  wanted: unknown[];
}

function listConditions({ area, input }: Vector): ListCondition[] {
  if (area === 'tag-if') return [tagCondition(input)];
  if (area === 'items-matching') return valuesOf(itemsOf(input)).map((item) => itemCondition(input, item));
  return [condition(input.operator, input.data, input.value)];
}

function itemCondition({ operator, path, value }: JsonObject, item: unknown): ListCondition {
  return condition(operator, isAllOf(operator) ? extractData(item, path) : [], value);
}

function condition(operator: unknown, data: unknown, value: unknown): ListCondition {
  return {
    operator: isEntries(data) && isEntries(value) && operator,
    data: listOf(data),
    wanted: listOf(value),
  };
}

function isAllOf(operator: unknown): boolean {
  return operator === 'in_and' || operator === 'not_in_and';
}

/** Whether everything wanted is there, and MISP says otherwise. */
function isMiscounted({ operator, data, wanted }: ListCondition): boolean {
  if (!isAllOf(operator) || !allThere(data, wanted)) return false;
  const found = data.filter((entry) => contains(wanted, entry));
  // in_and: both sorted and then compared; not_in_and: compared in the order they have.
  return operator === 'in_and' ? !sameList(sorted(found), sorted(wanted)) : !sameList(found, wanted);
}

function holds({ operator, data, wanted }: ListCondition): boolean {
  if (!isAllOf(operator)) return false;
  return allThere(data, wanted) === (operator === 'in_and');
}

const TAG_PATHS = new Map<unknown, string>([
  ['attribute', 'Event._AttributeFlattened.{n}.Tag.{n}.name'],
  ['event_attribute', 'Event._AttributeFlattened.{n}._allTags.{n}.name'],
]);

function tagCondition(input: JsonObject): ListCondition {
  const tags = param(input, 'tags', []);
  const clusters = listOf(param(input, 'clusters', [])).map((name) => `misp-galaxy:${String(name)}`);
  const path = TAG_PATHS.get(param(input, 'scope', 'event')) ?? 'Event.Tag.{n}.name';
  const isText = [tags, param(input, 'clusters', [])].some((list) => typeof list === 'string' && list !== '');
  const operator = isText ? 'refused' : param(input, 'condition', 'in_or');
  return { operator, data: listOf(extract(input.data, path)), wanted: [...listOf(tags), ...clusters] };
}

function param(input: JsonObject, name: string, fallback: unknown): unknown {
  return (input.params as JsonObject)[name] ?? fallback;
}

function isKnownCondition({ input }: Vector): boolean {
  return ['equals', 'not_equals'].includes(String(param(input, 'condition', 'equals')));
}

function compareLevel({ input }: Vector, level: unknown): boolean {
  const order = looseCompare(get(input.data, 'Event.threat_level_id'), level);
  switch (param(input, 'condition', 'equals')) {
    case 'equals':
      return order === 0;
    case 'not_equals':
      return order !== 0;
    case 'greater_or_equal_than':
      return order <= 0;
    case 'less_or_equal_than':
      return order >= 0;
    default:
      return false;
  }
}

function firstCharacter(item: unknown): unknown {
  if (isEmpty(item)) return item;
  return typeof item === 'string' ? item[0] : null;
}

function listOf(value: unknown): unknown[] {
  return isEntries(value) ? [...valuesOf(value)] : [];
}

function contains(list: unknown[], value: unknown): boolean {
  return list.some((entry) => looseEquals(entry, value));
}

function distinct(list: unknown[]): unknown[] {
  const same = (a: unknown, b: unknown) =>
    typeof a === 'boolean' ? a === b : typeof b !== 'boolean' && looseEquals(a, b);
  return list.filter((entry, index) => !list.slice(0, index).some((earlier) => same(earlier, entry)));
}

/** Every wanted value is there; true, which equals every text, stands for one only. */
function allThere(data: unknown[], wanted: unknown[]): boolean {
  const found = data.filter((entry) => contains(wanted, entry));
  return wanted.every((value) => contains(data, value)) && distinct(found).length >= distinct(wanted).length;
}

function sorted(list: unknown[]): unknown[] {
  return [...list].sort(looseCompare);
}

function sameList(a: unknown[], b: unknown[]): boolean {
  return a.length === b.length && a.every((entry, index) => looseEquals(entry, b[index]));
}
