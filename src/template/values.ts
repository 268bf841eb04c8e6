/**
 * Python's values as templates see them. Texts, numbers, booleans, null, arrays and plain objects of the data
 * stand for themselves, by reference; everything else Python has is a class here. An integer is a JavaScript
 * number without a fraction, or a bigint beyond 2^53; a float is a number with one, or a `Float`.
 */
import type { Budget } from './limits';
import { Problem } from './problem';

/** Settings and use of one rendering. */
export interface Runtime {
  readonly budget: Budget;
  /** The line of the statement that runs. */
  line: number;
  /** Inside `{% autoescape true %}`. */
  autoescape: boolean;
  /** A missing value of a missing value is missing, in place of an error. */
  readonly chainable: boolean;
  /** Lists and dicts that the template made: only these can be changed. */
  readonly owned: WeakSet<object>;
  /** The filters and tests that there are, for those that apply others by name. */
  readonly filters: ReadonlyMap<string, Applied<unknown>>;
  readonly tests: ReadonlyMap<string, Applied<boolean>>;
}

/** A filter or a test: applied to a value with any arguments. */
export type Applied<T> = (rt: Runtime, value: unknown, args: unknown[], named: Named) => T;

/** What is neither text nor number nor a list or an object of the data. */
export abstract class Special {
  abstract readonly pythonType: string;
}

/** A value that is not there. */
export class Undefined extends Special {
  readonly pythonType = 'Undefined';
  /**
   * @param name what is missing
   * @param path how a template asks for it; what a call or a filter did not find cannot be asked for
   */
  constructor(
    readonly name: string,
    readonly path?: string,
  ) {
    super();
  }
}

/** A float without a fraction, as `10 / 5` gives. */
export class Float extends Special {
  readonly pythonType = 'float';
  constructor(readonly value: number) {
    super();
  }
}

/** Text that is not escaped again. */
export class Markup extends Special {
  readonly pythonType = 'Markup';
  constructor(readonly text: string) {
    super();
  }
}

export class Tuple extends Special {
  readonly pythonType: string = 'tuple';
  /** @param names attributes of the entries, as `groupby` gives */
  constructor(
    readonly items: readonly unknown[],
    readonly names: readonly string[] = [],
  ) {
    super();
  }
}

/** A dict that the template made; its keys may be any plain value. */
export class Dict extends Special {
  readonly pythonType = 'dict';
  readonly entries = new Map<string, [key: unknown, value: unknown]>();

  static of(pairs: Iterable<readonly [unknown, unknown]>): Dict {
    const dict = new Dict();
    for (const [key, value] of pairs) dict.set(key, value);
    return dict;
  }

  set(key: unknown, value: unknown): void {
    const hash = hashOf(key);
    this.entries.set(hash, [this.entries.get(hash)?.[0] ?? key, value]);
  }
}

/** Values that come one after the other and only once, as most list filters of Jinja2 give. */
export class Generator extends Special {
  readonly pythonType = 'generator';
  constructor(readonly values: Iterator<unknown>) {
    super();
  }
}

/** What `range`, `dict.keys()` and the like give: a length and entries, but not a list. */
export class View extends Special {
  /** @param shown what it prints */
  constructor(
    readonly pythonType: string,
    readonly items: readonly unknown[],
    readonly shown: (list: string) => string = (list) => `${this.pythonType}(${list})`,
  ) {
    super();
  }
}

export type Named = ReadonlyMap<string, unknown>;

/** What can be called. */
export class Callable extends Special {
  readonly pythonType: string = 'function';
  constructor(
    readonly name: string,
    readonly call: (args: unknown[], named: Named) => unknown,
    readonly attributes: Readonly<Record<string, unknown>> = {},
  ) {
    super();
  }
}

/** An object with attributes of its own: `loop`, `namespace()`, `cycler()`. */
export class Thing extends Special {
  constructor(
    readonly pythonType: string,
    /** An attribute, undefined if there is none. */
    readonly attribute: (name: string) => unknown,
    /** Only of namespaces: sets an attribute. */
    readonly assign?: (name: string, value: unknown) => void,
    readonly call?: (args: unknown[], named: Named) => unknown,
  ) {
    super();
  }
}

export function isDict(value: unknown): value is Dict | Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return value instanceof Dict || !(value instanceof Special);
}

export function isText(value: unknown): value is string | Markup {
  return typeof value === 'string' || value instanceof Markup;
}

/** A list of the data or of the template. */
export function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

/** The entry of a dict; undefined if it has none. */
export function entry(dict: Dict | Record<string, unknown>, key: unknown): unknown {
  if (dict instanceof Dict) return dict.entries.get(hashOf(key))?.[1];
  const name = isText(key) ? asText(key) : undefined;
  return name !== undefined && Object.hasOwn(dict, name) ? fromData(dict[name]) : undefined;
}

/** What no JSON holds is not there. */
function fromData(value: unknown): unknown {
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
}

export function keysOf(dict: Dict | Record<string, unknown>): unknown[] {
  return dict instanceof Dict ? [...dict.entries.values()].map(([key]) => key) : Object.keys(dict);
}

export function sizeOf(dict: Dict | Record<string, unknown>): number {
  return dict instanceof Dict ? dict.entries.size : Object.keys(dict).length;
}

export function asText(text: string | Markup): string {
  return typeof text === 'string' ? text : text.text;
}

/** The result of a float operation. */
export function float(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}

/** An integer; beyond 2^53 a bigint. */
export function integer(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Whether a value is an integer, not counting True and False. */
export function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

export function isFloat(value: unknown): value is number | Float {
  return value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));
}

/** The number that a value counts as, also True and False; undefined if it is no number. */
export function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Float) return value.value;
  return typeof value === 'boolean' ? Number(value) : undefined;
}

/** An integer among arguments. */
export function indexOf(value: unknown): number | undefined {
  const number = typeof value === 'boolean' ? Number(value) : value;
  return isInteger(number) ? Number(number) : undefined;
}

/** A text by which equal keys of a dict are found. */
export function hashOf(key: unknown): string {
  if (isText(key)) return `s${asText(key)}`;
  const number = numberOf(key);
  if (number !== undefined) return `n${number}`;
  if (key instanceof Tuple) return `t${JSON.stringify(key.items.map(hashOf))}`;
  if (key === null || key === undefined) return 'none';
  if (key instanceof Undefined) return 'undefined';
  throw new Problem('unhashable', { type: typeName(key) });
}

/** Python's name of a value's type. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (isInteger(value)) return 'int';
  if (typeof value === 'number') return 'float';
  if (isList(value)) return 'list';
  return value instanceof Special ? value.pythonType : 'dict';
}

export function isTrue(value: unknown): boolean {
  if (value === null || value === undefined || value instanceof Undefined) return false;
  if (typeof value === 'boolean') return value;
  if (isText(value)) return asText(value) !== '';
  const number = numberOf(value);
  if (number !== undefined) return Number(number) !== 0;
  if (isList(value)) return value.length > 0;
  if (value instanceof Tuple || value instanceof View) return value.items.length > 0;
  return isDict(value) ? hasEntries(value) : true;
}

function hasEntries(dict: Dict | Record<string, unknown>): boolean {
  if (dict instanceof Dict) return dict.entries.size > 0;
  for (const key in dict) if (Object.hasOwn(dict, key)) return true;
  return false;
}
