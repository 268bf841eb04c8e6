/**
 * Regular expressions of hash paths, written as MISP's users write them: PCRE in slashes, with flags. They run
 * on RE2, whose time grows with the text's length only.
 */
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { Cache } from './cache';
import { HashPathError } from './errors';
import { groupNames, translate } from './regex-translate';

export interface Regex {
  test(text: string): boolean;
  /**
   * What the groups of the first match hold, by number and, before it, by name; `0` is the whole match. As in
   * PHP groups behind the last one that took part are missing; others that took no part are empty.
   */
  exec(text: string): ReadonlyMap<string, string> | undefined;
}

/** What PHP does with an expression it cannot compile. */
const never: Regex = { test: () => false, exec: () => undefined };
const MAX_PROGRAM = 5_000;
/** What RE2 says of expressions that are right but too large for it. */
const beyondLimits = /invalid repeat count|nests too deeply|too large/;
const cache = new Cache<Regex>(500);

/**
 * Makes a test of `/expression/flags`. One that PCRE itself refuses never matches.
 * @throws HashPathError for look-around, back references and other parts that need more than linear time
 */
export function compileRegex(literal: string): Regex {
  return cache.get(literal, compile);
}

/** Whether PCRE could use `/expression/flags` at all. @throws HashPathError as `compileRegex` */
export function isRegex(literal: string): boolean {
  return compileRegex(literal) !== never;
}

function compile(literal: string): Regex {
  const parts = splitLiteral(literal);
  if (!parts || /[^imsxuADSUXJn \n\r]/.test(parts.flags)) return never;
  const { flags } = parts;
  // Without the flag u PCRE sees bytes.
  const bytes = !flags.includes('u');
  const expression = bytes ? bytesOf(parts.expression) : parts.expression;
  const regex = build(translate(expression, flags), flags, literal);
  if (!regex) return never;
  const matcherOf = (text: string) => regex.matcher(bytes ? bytesOf(text) : text);
  return {
    test: (text) => matcherOf(text).find(),
    exec(text) {
      const matcher = matcherOf(text);
      if (!matcher.find()) return undefined;
      const found = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index));
      const values = found.map((value) => (value && bytes ? textOfBytes(value) : value));
      return groupsOf(values, groupNames(parts.expression, flags));
    },
  };
}

function groupsOf(
  values: readonly (string | null | undefined)[],
  names: readonly (string | undefined)[],
): Map<string, string> {
  const groups = new Map<string, string>();
  const last = values.findLastIndex((value) => value !== null && value !== undefined);
  for (let index = 0; index <= last; index++) {
    const name = index === 0 ? undefined : names[index - 1];
    if (name !== undefined) groups.set(name, values[index] ?? '');
    groups.set(String(index), values[index] ?? '');
  }
  return groups;
}

/** The expression ends at the first slash without a backslash; what follows are the flags. */
function splitLiteral(literal: string): { expression: string; flags: string } | undefined {
  for (let i = 1; i < literal.length; i++) {
    if (literal[i] === '\\') i++;
    else if (literal[i] === '/') return { expression: literal.slice(1, i), flags: literal.slice(i + 1) };
  }
  return undefined;
}

/** The UTF-8 bytes of a text, one character each. */
function bytesOf(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : characters(new TextEncoder().encode(text));
}

function textOfBytes(bytes: string): string {
  return /^[\0-\x7f]*$/.test(bytes)
    ? bytes
    : UTF8.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

/** In the browser too, so without Node's Buffer. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

function characters(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** undefined if the expression is wrong in PCRE too. */
function build(expression: string, flags: string, literal: string): RE2JS | undefined {
  let options = 0;
  if (flags.includes('i')) options |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) options |= RE2JS.MULTILINE;
  if (flags.includes('s')) options |= RE2JS.DOTALL;
  try {
    const regex = RE2JS.compile(expression, options);
    if (regex.programSize() <= MAX_PROGRAM) return regex;
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException) || !beyondLimits.test(error.message)) return undefined;
  }
  throw new HashPathError('regexTooLarge', { regex: literal });
}
