/** All tests of Jinja2 (`x is odd`), by name. */
import { bind, wholeNumber } from './arguments';
import { equal } from './compare';
import { operations } from './operators';
import { Problem } from './problem';
import { show } from './python-print';
import type { Applied, Runtime } from './values';
import {
  Callable,
  Generator,
  isDict,
  isFloat,
  isInteger,
  isList,
  isText,
  Markup,
  numberOf,
  asText,
  Thing,
  Tuple,
  Undefined,
  View,
} from './values';

type Check = (rt: Runtime, value: unknown, other: unknown) => unknown;

const one: Readonly<Record<string, Check>> = {
  defined: (_, value) => !(value instanceof Undefined),
  undefined: (_, value) => value instanceof Undefined,
  none: (_, value) => value === null,
  boolean: (_, value) => typeof value === 'boolean',
  true: (_, value) => value === true,
  false: (_, value) => value === false,
  integer: (_, value) => isInteger(value),
  float: (_, value) => isFloat(value),
  number: (_, value) => numberOf(value) !== undefined,
  string: (_, value) => isText(value),
  mapping: (_, value) => isDict(value),
  sequence: (_, value) =>
    isText(value) ||
    isList(value) ||
    isDict(value) ||
    value instanceof Tuple ||
    value instanceof Undefined ||
    isRange(value),
  iterable: isIterable,
  callable: (_, value) =>
    value instanceof Callable ||
    value instanceof Undefined ||
    (value instanceof Thing && value.call !== undefined),
  escaped: (_, value) => value instanceof Markup,
  filter: (rt, value) => isText(value) && rt.filters.has(asText(value)),
  test: (rt, value) => isText(value) && rt.tests.has(asText(value)),
  lower: (rt, value) => cased(show(rt, value), (text) => text.toLowerCase()),
  upper: (rt, value) => cased(show(rt, value), (text) => text.toUpperCase()),
  odd: (rt, value) => equal(rt, operations['%'](rt, number(value), 2), 1),
  even: (rt, value) => equal(rt, operations['%'](rt, number(value), 2), 0),
};

const two: Readonly<Record<string, Check>> = {
  divisibleby: (rt, value, by) =>
    equal(rt, operations['%'](rt, number(value), wholeNumber('divisibleby', by)), 0),
  sameas: (_, value, other) => Object.is(value, other),
  in: (rt, value, list) => operations.in(rt, value, list),
};

const comparisons = {
  '==': ['eq', 'equalto'],
  '!=': ['ne'],
  '<': ['lt', 'lessthan'],
  '<=': ['le'],
  '>': ['gt', 'greaterthan'],
  '>=': ['ge'],
};

export const tests: ReadonlyMap<string, Applied<boolean>> = new Map([
  ...Object.entries(one).map(([name, check]) => entry(name, [], check)),
  ...Object.entries(two).map(([name, check]) => entry(name, ['other'], check)),
  ...Object.entries(comparisons).flatMap(([sign, names]) =>
    [sign, ...names].map((name) => entry(name, ['other'], operations[sign])),
  ),
]);

function entry(name: string, names: string[], check: Check): [string, Applied<boolean>] {
  return [
    name,
    (rt, value, args, named) => {
      rt.budget.spend();
      return check(rt, value, bind(name, names, args, named)[0]) === true;
    },
  ];
}

function number(value: unknown): unknown {
  if (isText(value)) throw new Problem('wrongType', { name: 'is odd', type: 'str', wanted: 'number' });
  return value;
}

function isRange(value: unknown): boolean {
  return value instanceof View && value.pythonType === 'range';
}

function isIterable(_: Runtime, value: unknown): boolean {
  if (isText(value) || isList(value) || isDict(value)) return true;
  return [Tuple, View, Generator, Undefined].some((kind) => value instanceof kind);
}

/** Python's `islower` and `isupper`: there is a letter, and none of the other case. */
function cased(text: string, change: (text: string) => string): boolean {
  return text === change(text) && /\p{Lu}|\p{Ll}|\p{Lt}/u.test(text);
}
