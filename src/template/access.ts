/** Reading entries and attributes of values. Nothing of JavaScript is looked up: only own entries of data. */
import { missing } from './missing';
import { bind } from './arguments';
import { formatBraces } from './format-braces';
import { characters } from './iterate';
import { STEPS_PER_CALL } from './limits';
import { dictMethods, listMethods, tupleMethods, update } from './methods';
import { Problem } from './problem';
import { escapeHtml } from './python-print';
import { textMethods } from './text-methods';
import type { Method } from './text-methods';
import type { Named, Runtime } from './values';
import {
  Callable,
  entry,
  hashOf,
  indexOf,
  isDict,
  isList,
  isText,
  Markup,
  asText,
  Thing,
  Tuple,
  typeName,
  Undefined,
  View,
} from './values';

/**
 * `value.name`: an attribute, else an entry.
 * @param path how the template names it
 */
export function attributeOf(rt: Runtime, value: unknown, name: string, path?: string): unknown {
  refuseUndefined(rt, value, name);
  const found = ownAttribute(rt, value, name);
  if (found !== undefined) return found;
  const own = isDict(value) ? entry(value, name) : undefined;
  return own === undefined ? new Undefined(name, path) : own;
}

/**
 * `value[key]`: an entry, else an attribute.
 * @param path how the template names it
 */
export function itemOf(rt: Runtime, value: unknown, key: unknown, path?: string): unknown {
  refuseUndefined(rt, value, isText(key) ? asText(key) : String(indexOf(key) ?? ''));
  const found = isDict(value) ? safeEntry(value, key) : itemAt(rt, value, key);
  if (found !== undefined) return found;
  const name = isText(key) ? asText(key) : undefined;
  const attribute = name === undefined ? undefined : ownAttribute(rt, value, name);
  return attribute ?? new Undefined(name ?? String(indexOf(key) ?? typeName(key)), path);
}

/** A key that no dict can have is in none. */
function safeEntry(dict: Parameters<typeof entry>[0], key: unknown): unknown {
  try {
    hashOf(key);
  } catch {
    return undefined;
  }
  return entry(dict, key);
}

function itemAt(rt: Runtime, value: unknown, key: unknown): unknown {
  const index = indexOf(key);
  if (index === undefined) return undefined;
  if (isText(value)) {
    rt.budget.read(asText(value).length);
    return characters(asText(value)).at(index);
  }
  if (isList(value))
    return index < value.length && index >= -value.length ? (value.at(index) ?? null) : undefined;
  const ordered = value instanceof Tuple || (value instanceof View && value.pythonType === 'range');
  return ordered ? value.items.at(index) : undefined;
}

function refuseUndefined(rt: Runtime, value: unknown, name: string): void {
  if (value instanceof Undefined && !rt.chainable) throw missing(value, name);
}

function ownAttribute(rt: Runtime, value: unknown, name: string): unknown {
  if (value instanceof Thing) return value.attribute(name);
  if (value instanceof Callable)
    return Object.hasOwn(value.attributes, name) ? value.attributes[name] : undefined;
  if (value instanceof Tuple && value.names.includes(name)) return value.items[value.names.indexOf(name)];
  return methodOf(rt, value, name);
}

/** Calls what can be called. */
export function callValue(rt: Runtime, value: unknown, args: unknown[], named: Named): unknown {
  rt.budget.spend(STEPS_PER_CALL);
  if (value instanceof Undefined) throw missing(value, '()');
  const call = value instanceof Callable || value instanceof Thing ? value.call : undefined;
  if (!call) throw new Problem('notCallable', { type: typeName(value) });
  return rt.budget.deeper(() => call(args, named));
}

/** A method of a value, bound to it; undefined if it has none of that name. */
export function methodOf(rt: Runtime, self: unknown, name: string): Callable | undefined {
  if (isText(self)) {
    if (name !== 'format' && !Object.hasOwn(textMethods, name)) return undefined;
    return new Callable(name, (args, named) => callTextMethod(rt, self, name, args, named));
  }
  if (isList(self)) return bound(rt, listMethods, self, name);
  if (self instanceof Tuple) return bound(rt, tupleMethods, self.items, name);
  if (!isDict(self)) return undefined;
  if (name === 'update') return new Callable(name, (args, named) => update(rt, self, args, named));
  return bound(rt, dictMethods, self, name);
}

function bound<T>(
  rt: Runtime,
  methods: Readonly<Record<string, Method<T>>>,
  self: T,
  name: string,
): Callable | undefined {
  if (!Object.hasOwn(methods, name)) return undefined;
  const [names, run] = methods[name];
  return new Callable(name, (args, named) => run(rt, self, bind(name, names, args, named)));
}

/** Calls a method; what it gives for marked text is marked. `format` takes any arguments. */
export function callTextMethod(
  rt: Runtime,
  self: string | Markup,
  name: string,
  args: unknown[],
  named: Named,
): unknown {
  const text = asText(self);
  rt.budget.read(text.length);
  const given = self instanceof Markup && escaping.has(name) ? escaped(rt, args) : args;
  if (name === 'format') return like(self, formatBraces(rt, text, given, named, { attributeOf, itemOf }));
  const [names, run] = textMethods[name];
  return like(self, run(rt, text, bind(name, names, given, named)));
}

/** Methods of marked text that escape what they put into it. */
const escaping = new Set(['join', 'replace', 'format']);

function escaped(rt: Runtime, args: unknown[]): unknown[] {
  return args.map((arg) => {
    if (isText(arg)) return escapeHtml(rt, arg);
    return isList(arg) ? arg.map((item) => (isText(item) ? escapeHtml(rt, item) : item)) : arg;
  });
}

function like(self: string | Markup, value: unknown): unknown {
  if (!(self instanceof Markup)) return value;
  if (isList(value))
    return Object.assign(
      value,
      value.map((item) => like(self, item)),
    );
  return typeof value === 'string' ? new Markup(value) : value;
}
