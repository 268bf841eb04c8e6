/**
 * Regular expressions of hash paths, written as MISP's users write them: PCRE in slashes, with flags. They run
 * on RE2, whose time grows with the text's length only.
 */
import { RE2JS } from 're2js';
import { Cache } from './cache';
import { HashPathError } from './errors';
import { translate } from './regex-translate';

export interface Regex {
  test(text: string): boolean;
}

/** What PHP does with an expression it cannot compile. */
const never: Regex = { test: () => false };
const MAX_PROGRAM = 20_000;
const cache = new Cache<Regex>(500);

/**
 * Makes a test of `/expression/flags`. One that PCRE itself refuses never matches.
 * @throws HashPathError for look-around, back references and other parts that need more than linear time
 */
export function compileRegex(literal: string): Regex {
  return cache.get(literal, compile);
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
  return { test: (text) => regex.matcher(bytes ? bytesOf(text) : text).find() };
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
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** undefined if the expression is wrong in PCRE too. */
function build(expression: string, flags: string, literal: string): RE2JS | undefined {
  let options = 0;
  if (flags.includes('i')) options |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) options |= RE2JS.MULTILINE;
  if (flags.includes('s')) options |= RE2JS.DOTALL;
  const regex = tryCompile(expression, options);
  if (!regex && !isValidElsewhere(expression)) return undefined;
  if (!regex || regex.programSize() > MAX_PROGRAM)
    throw new HashPathError('regexTooLarge', { regex: literal });
  return regex;
}

function tryCompile(expression: string, options: number): RE2JS | undefined {
  try {
    return RE2JS.compile(expression, options);
  } catch {
    return undefined;
  }
}

/** Tells an expression beyond RE2's limits (such as `a{2000}`) from a wrong one. It is not run. */
function isValidElsewhere(expression: string): boolean {
  try {
    return Boolean(new RegExp(expression));
  } catch {
    return false;
  }
}
