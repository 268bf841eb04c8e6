/**
 * Regular expressions of hash paths, written as MISP's users write them: PCRE in slashes, with flags. They run
 * on RE2, whose time grows with the text's length only.
 */
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { Cache } from './cache';
import { HashPathError } from './errors';
import { translate } from './regex-translate';

export interface Regex {
  test(text: string): boolean;
}

/** What PHP does with an expression it cannot compile. */
const never: Regex = { test: () => false };
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
  try {
    const regex = RE2JS.compile(expression, options);
    if (regex.programSize() <= MAX_PROGRAM) return regex;
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException) || !beyondLimits.test(error.message)) return undefined;
  }
  throw new HashPathError('regexTooLarge', { regex: literal });
}
