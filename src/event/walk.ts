/**
 * Following a path with wildcards. Every attribute and tag of an event passes here, so the loops call nothing
 * outside of this file that they can do without.
 */
import type { Sink } from './finds';
import { isNumericText, looseCompare } from './loose';
import type { Token } from './path';
import { matchesAll } from './selector';
import type { Condition } from './selector';
import { isIntegerKey, itemAt, keysOf } from './values';

/** Whether a key of an object matches a part of a path: a number loosely, a name exactly. */
export function matchesKey(key: string, token: Token): boolean {
  switch (token.kind) {
    case '{*}':
      return true;
    case '{n}':
      return isNumericText(key);
    case '{s}':
      return !isIntegerKey(key);
    default:
      return token.number === undefined ? key === token.name : looseCompare(key, token.name) === 0;
  }
}

/** Hands all that the parts find, one after the other, to `found`. */
export function walk(data: unknown, tokens: readonly Token[], found: Sink): void {
  walkFrom(data, tokens, 0, found);
}

function walkFrom(entry: unknown, tokens: readonly Token[], at: number, found: Sink): void {
  if (at === tokens.length) found.add(entry);
  else if (Array.isArray(entry)) walkList(entry, tokens, at, found);
  else if (typeof entry === 'object' && entry !== null) walkObject(entry as Fields, tokens, at, found);
  // A single value counts as a list with one entry.
  else if (entry !== null && entry !== undefined) walkList([entry], tokens, at, found);
}

type Fields = Readonly<Record<string, unknown>>;

/** The keys of a list are numbers: `{n}` and `{*}` find all, a numeric name finds one. */
function walkList(items: readonly unknown[], tokens: readonly Token[], at: number, found: Sink): void {
  const token = tokens[at];
  if (token?.kind === '{n}' || token?.kind === '{*}') {
    const { conditions } = token;
    const next = tokens[at + 1];
    if (conditions === undefined && next !== undefined && isPlainName(next)) {
      return walkFields(items, next.name, tokens, at + 1, found);
    }
    for (const item of items) {
      if (conditions === undefined || fulfils(item, conditions)) walkFrom(item, tokens, at + 1, found);
    }
  } else if (token?.number !== undefined) {
    enter(itemAt(items, token.number), token, tokens, at, found);
  }
}

/** The same field of each item: by far the most frequent step, without a call for each item. */
function walkFields(
  items: readonly unknown[],
  name: string,
  tokens: readonly Token[],
  at: number,
  found: Sink,
) {
  const isLast = at + 1 === tokens.length;
  for (const item of items) {
    if (typeof item !== 'object' || item === null) continue;
    if (Array.isArray(item) || !Object.hasOwn(item, name)) continue;
    const value = (item as Fields)[name];
    if (value === undefined) continue;
    if (isLast) found.add(value);
    else if (Array.isArray(value)) walkList(value, tokens, at + 1, found);
    else walkFrom(value, tokens, at + 1, found);
  }
}

/** Whether a part is a name that only objects have, without conditions. */
function isPlainName({ kind, number, forbidden, conditions }: Token): boolean {
  return kind === 'name' && number === undefined && !forbidden && conditions === undefined;
}

function walkObject(object: Fields, tokens: readonly Token[], at: number, found: Sink): void {
  const token = tokens[at];
  if (token?.kind === 'name' && token.number === undefined) {
    if (token.forbidden || !Object.hasOwn(object, token.name)) return;
    enter(object[token.name], token, tokens, at, found);
  } else if (token) {
    for (const key of keysOf(object))
      if (matchesKey(key, token)) enter(object[key], token, tokens, at, found);
  }
}

/** Goes on with an entry that a part found. */
function enter(entry: unknown, token: Token, tokens: readonly Token[], at: number, found: Sink): void {
  if (entry === undefined) return;
  if (token.conditions === undefined || fulfils(entry, token.conditions)) {
    walkFrom(entry, tokens, at + 1, found);
  }
}

function fulfils(entry: unknown, conditions: Condition[]): boolean {
  return typeof entry === 'object' && entry !== null && matchesAll(entry as Fields, conditions);
}
