/** Python's `==`, `<` and `in`. */
import { missing } from './missing';
import { iterate } from './iterate';
import { Problem } from './problem';
import type { Dict, Runtime } from './values';
import {
  entry,
  hashOf,
  isDict,
  isList,
  isText,
  keysOf,
  numberOf,
  sizeOf,
  asText,
  Tuple,
  typeName,
  Undefined,
  View,
} from './values';

/** Python's `==`. */
export function equal(rt: Runtime, a: unknown, b: unknown): boolean {
  rt.budget.spend();
  if (isText(a) && isText(b)) {
    rt.budget.read(Math.min(asText(a).length, asText(b).length));
    return asText(a) === asText(b);
  }
  const numbers = [numberOf(a), numberOf(b)];
  // eslint-disable-next-line eqeqeq -- an integer of any size may stand on either side
  if (numbers[0] !== undefined && numbers[1] !== undefined) return numbers[0] == numbers[1];
  if (isList(a) && isList(b)) return equalItems(rt, a, b);
  if (a instanceof Tuple && b instanceof Tuple) return equalItems(rt, a.items, b.items);
  if (isDict(a) && isDict(b)) return equalDicts(rt, a, b);
  if (a instanceof Undefined && b instanceof Undefined) return true;
  if (a instanceof View && b instanceof View && a.pythonType === b.pythonType) {
    return equalItems(rt, a.items, b.items);
  }
  return (a ?? null) === (b ?? null);
}

function equalItems(rt: Runtime, a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return rt.budget.deeper(() => a.every((item, index) => equal(rt, item, b[index])));
}

function equalDicts(
  rt: Runtime,
  a: Dict | Record<string, unknown>,
  b: Dict | Record<string, unknown>,
): boolean {
  if (a === b) return true;
  rt.budget.spend(sizeOf(a) + sizeOf(b));
  if (sizeOf(a) !== sizeOf(b)) return false;
  return rt.budget.deeper(() =>
    keysOf(a).every((key) => {
      const other = entry(b, key);
      return other !== undefined && equal(rt, entry(a, key), other);
    }),
  );
}

/** Below zero, zero or above, as Python sorts. @throws {Problem} if Python cannot compare the two */
export function compare(rt: Runtime, a: unknown, b: unknown, operator = '<'): number {
  rt.budget.spend(2);
  if (isText(a) && isText(b)) return compareTexts(rt, asText(a), asText(b));
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined)
    return x < y ? -1 : x > y ? 1 : x === y || typeof x !== typeof y ? 0 : NaN;
  if (isList(a) && isList(b)) return compareItems(rt, a, b, operator);
  if (a instanceof Tuple && b instanceof Tuple) return compareItems(rt, a.items, b.items, operator);
  for (const side of [a, b]) {
    if (side instanceof Undefined) throw missing(side, operator);
  }
  throw new Problem('notComparable', { operator, left: typeName(a), right: typeName(b) });
}

/** By code points, not by JavaScript's units. */
function compareTexts(rt: Runtime, a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  rt.budget.read(shorter);
  if (a === b) return 0;
  if (!/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b)) return a < b ? -1 : 1;
  let at = 0;
  while (at < shorter && a[at] === b[at]) at++;
  if (at === shorter) return a.length - b.length;
  const isHigh = (code: number) => code >= 0xd800 && code <= 0xdfff;
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
  return isHigh(x) === isHigh(y) ? x - y : isHigh(x) ? 1 : -1;
}

function compareItems(rt: Runtime, a: readonly unknown[], b: readonly unknown[], operator: string): number {
  return rt.budget.deeper(() => {
    for (let index = 0; index < Math.min(a.length, b.length); index++) {
      if (!equal(rt, a[index], b[index])) return compare(rt, a[index], b[index], operator);
    }
    return a.length - b.length;
  });
}

/** Python's `item in container`. */
export function contains(rt: Runtime, container: unknown, item: unknown): boolean {
  if (isText(container)) {
    if (!isText(item)) throw new Problem('inText', { type: typeName(item) });
    rt.budget.read(asText(container).length + asText(item).length);
    return asText(container).includes(asText(item));
  }
  if (isDict(container)) {
    hashOf(item);
    return entry(container, item) !== undefined;
  }
  for (const one of iterate(rt, container)) if (equal(rt, one, item)) return true;
  return false;
}
