/** Python's operators, and their ranks. */
import { missing } from './missing';
import { compare, contains, equal } from './compare';
import { formatPercent } from './format-percent';
import { newList } from './iterate';
import { MAX_DIGITS } from './limits';
import { Problem } from './problem';
import { escapeHtml, joinMarkup, show } from './python-print';
import type { Runtime } from './values';
import {
  float,
  integer,
  isFloat,
  isList,
  isText,
  Markup,
  numberOf,
  asText,
  Tuple,
  typeName,
  Undefined,
} from './values';

/** Operators from the loosest to the tightest; all are read from the left. Comparisons chain. */
export const ranks: readonly (readonly string[])[] = [
  ['==', '!=', '<', '>', '<=', '>=', 'in', 'not in'],
  ['+', '-'],
  ['~'],
  ['*', '/', '//', '%'],
  ['**'],
];

export const comparisons = new Set(ranks[0]);

type Operation = (rt: Runtime, a: unknown, b: unknown) => unknown;

export const operations: Readonly<Record<string, Operation>> = {
  '==': equal,
  '!=': (rt, a, b) => !equal(rt, a, b),
  '<': (rt, a, b) => compare(rt, a, b, '<') < 0,
  '>': (rt, a, b) => compare(rt, a, b, '>') > 0,
  '<=': (rt, a, b) => compare(rt, a, b, '<=') <= 0,
  '>=': (rt, a, b) => compare(rt, a, b, '>=') >= 0,
  in: (rt, a, b) => contains(rt, b, a),
  'not in': (rt, a, b) => !contains(rt, b, a),
  '+': add,
  '-': (_, a, b) =>
    arithmetic(
      a,
      b,
      '-',
      (x, y) => x - y,
      (x, y) => x - y,
    ),
  '*': multiply,
  '/': (_, a, b) => {
    const [x, y] = operands(a, b, '/');
    return float(Number(x) / nonZero(Number(y)));
  },
  '//': (_, a, b) =>
    arithmetic(
      a,
      b,
      '//',
      (x, y) => Math.floor(x / nonZero(y)),
      (x, y) => floorDivide(x, nonZero(y)),
    ),
  '%': (rt, a, b) => (isText(a) ? formatPercent(rt, a, b) : arithmetic(a, b, '%', modulo, modulo)),
  '**': power,
  '~': (rt, a, b) => concatenate(rt, [a, b]),
};

/** `a ~ b`: texts joined. */
export function concatenate(rt: Runtime, parts: readonly unknown[]): string | Markup {
  if (rt.autoescape && parts.some((part) => part instanceof Markup)) return joinMarkup(rt, parts);
  return rt.budget.made(parts.map((part) => show(rt, part)).join(''));
}

function operands(a: unknown, b: unknown, operator: string): [number | bigint, number | bigint] {
  const [x, y] = [numberOf(a), numberOf(b)];
  for (const side of [a, b]) {
    if (side instanceof Undefined) throw missing(side, operator);
  }
  if (x === undefined || y === undefined) {
    throw new Problem('operands', { operator, left: typeName(a), right: typeName(b) });
  }
  return [x, y];
}

/** With floats in floats, else in integers of any size. */
function arithmetic(
  a: unknown,
  b: unknown,
  operator: string,
  small: (x: number, y: number) => number,
  big: (x: bigint, y: bigint) => bigint,
): unknown {
  const [x, y] = operands(a, b, operator);
  if (isFloat(a) || isFloat(b)) return float(small(Number(x), Number(y)));
  if (typeof x === 'number' && typeof y === 'number') {
    const result = small(x, y);
    if (Number.isSafeInteger(result)) return result + 0;
  }
  return integer(big(BigInt(x), BigInt(y)));
}

function nonZero<T extends number | bigint>(value: T): T {
  if (Number(value) === 0) throw new Problem('divideByZero');
  return value;
}

function floorDivide(x: bigint, y: bigint): bigint {
  return (x - modulo(x, y)) / y;
}

/** The remainder with the sign of the divisor. */
function modulo<T extends number | bigint>(x: T, y: T): T {
  const rest = (x as number) % (nonZero(y) as number);
  const differs = Number(rest) !== 0 && rest < 0 !== y < 0;
  return (differs ? rest + (y as number) : rest) as T;
}

function add(rt: Runtime, a: unknown, b: unknown): unknown {
  if (isText(a) && isText(b)) {
    if (a instanceof Markup || b instanceof Markup) return joinMarkup(rt, [a, b]);
    return rt.budget.made(a + b);
  }
  if (a instanceof Markup || b instanceof Markup) throw new Problem('operands', named('+', a, b));
  if (isList(a) && isList(b)) return newList(rt, a, b);
  if (a instanceof Tuple && b instanceof Tuple) {
    rt.budget.spend(a.items.length + b.items.length);
    return new Tuple([...a.items, ...b.items]);
  }
  return arithmetic(
    a,
    b,
    '+',
    (x, y) => x + y,
    (x, y) => x + y,
  );
}

function named(operator: string, a: unknown, b: unknown) {
  return { operator, left: typeName(a), right: typeName(b) };
}

function multiply(rt: Runtime, a: unknown, b: unknown): unknown {
  const [many, other] = isRepeatable(a) ? [a, b] : [b, a];
  if (!isRepeatable(many)) {
    const result = arithmetic(
      a,
      b,
      '*',
      (x, y) => x * y,
      (x, y) => limited(x, y, x * y),
    );
    return result;
  }
  const count = numberOf(other);
  if (count === undefined || isFloat(other)) throw new Problem('operands', named('*', a, b));
  return repeat(rt, many, Math.max(0, Number(count)));
}

function limited(x: bigint, y: bigint, product: bigint): bigint {
  if (x.toString(16).length + y.toString(16).length > MAX_DIGITS) throw new Problem('tooLarge');
  return product;
}

type Repeatable = string | Markup | unknown[] | Tuple;

function isRepeatable(value: unknown): value is Repeatable {
  return isText(value) || isList(value) || value instanceof Tuple;
}

function repeat(rt: Runtime, value: Repeatable, count: number): unknown {
  if (isText(value)) {
    const text = asText(value);
    rt.budget.room(text.length * count);
    const result = text === '' ? '' : text.repeat(count);
    return value instanceof Markup ? new Markup(result) : result;
  }
  const items = isList(value) ? value : value.items;
  rt.budget.spend(items.length * count);
  const repeated = items.length === 0 ? [] : Array.from({ length: count }, () => items).flat();
  return isList(value) ? newList(rt, repeated) : new Tuple(repeated);
}

function power(_: Runtime, a: unknown, b: unknown): unknown {
  const [x, y] = operands(a, b, '**');
  if (isFloat(a) || isFloat(b) || y < 0) {
    const result = Number(x) ** Number(y);
    if (Number(x) === 0 && y < 0) throw new Problem('divideByZero');
    if (Number.isNaN(result) && !Number.isNaN(Number(x))) throw new Problem('tooLarge');
    if (!Number.isFinite(result) && Number.isFinite(Number(x))) throw new Problem('tooLarge');
    return float(result);
  }
  const small = Number(x) ** Number(y);
  if (Number.isSafeInteger(small)) return small;
  const digits = Math.log10(Math.abs(Number(x))) * Number(y);
  if (!(digits <= MAX_DIGITS)) throw new Problem('tooLarge');
  return integer(BigInt(x) ** BigInt(y));
}

/** `-x` and `+x`. */
export function signed(value: unknown, operator: string): unknown {
  if (value instanceof Undefined) throw missing(value, operator);
  const number = numberOf(value);
  if (number === undefined) throw new Problem('operand', { operator, type: typeName(value) });
  const result = operator === '-' ? -number : number;
  return isFloat(value) ? float(Number(result)) : typeof result === 'number' ? result + 0 : result;
}

/** What a template prints for a value. */
export function printed(rt: Runtime, value: unknown): string {
  return rt.autoescape ? escapeHtml(rt, value).text : show(rt, value);
}
