import { Cache } from './cache';
import { HashPathError } from './errors';
import { isForbidden } from './values';
import { isNumericText } from './loose';
import { parseConditions } from './selector';
import type { Condition } from './selector';

/** What one part of a path matches, and what the entries it finds must fulfil. */
export interface Token {
  /** `{n}`: numbers, `{s}`: names, `{*}`: all keys; `name`: the key of that name. */
  kind: '{n}' | '{s}' | '{*}' | 'name';
  /** The part without its conditions. */
  name: string;
  /** Names that are never reached. */
  forbidden: boolean;
  /** The number a numeric name stands for: `00` finds key 0. */
  number: number | undefined;
  /** The conditions in brackets; undefined if the part has no bracket. */
  conditions: Condition[] | undefined;
}

/** A hash path as it was read. */
export interface Path {
  text: string;
  tokens: Token[];
  /** The path split at every dot, for reading it key by key. */
  keys: string[];
  /** The first part behind the last wildcard or bracket: from there on the path names one place. */
  plainFrom: number;
}

const MAX_LENGTH = 4000;
const cache = new Cache<Path>(500);

/**
 * Reads a hash path: parts separated by dots, dots in brackets not counted. Paths are kept, so that reading
 * one again costs nothing.
 * @throws HashPathError for a regular expression that is not supported, and for paths that are too long
 * @see https://book.cakephp.org/2/en/core-utility-libraries/hash.html
 */
export function parsePath(text: string): Path {
  return cache.get(text, read);
}

function read(text: string): Path {
  if (text.length > MAX_LENGTH) {
    throw new HashPathError('pathTooLong', { limit: String(MAX_LENGTH), length: String(text.length) });
  }
  const tokens = (text.includes('[') ? splitOutsideBrackets(text) : text.split('.')).map(readToken);
  const lastPattern = tokens.findLastIndex((token) => token.name.includes('{') || token.conditions);
  return { text, tokens, keys: text.split('.'), plainFrom: lastPattern + 1 };
}

/** Splits at dots that stand outside of brackets and drops white space around the parts. */
function splitOutsideBrackets(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++;
    else if (text[i] === ']') depth--;
    else if (text[i] === '.' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.replace(/^[ \t\n\r\0\v]+/, '').replace(/[ \t\n\r\0\v]+$/, ''));
}

function readToken(part: string): Token {
  const bracket = part.indexOf('[');
  const name = bracket < 0 ? part : part.slice(0, bracket);
  // The fields of all tokens are the same, so that following them stays fast.
  return {
    kind: kindOf(name),
    name,
    forbidden: isForbidden(name),
    number: isNumericText(name) ? Number(name) : undefined,
    conditions: bracket < 0 ? undefined : parseConditions(part.slice(bracket)),
  };
}

function kindOf(name: string): Token['kind'] {
  return name === '{n}' || name === '{s}' || name === '{*}' ? name : 'name';
}

/** @throws HashPathError if the path would write under a name that must not be written */
export function refuseForbiddenNames(path: Path): void {
  const token = path.tokens.find(({ forbidden }) => forbidden);
  if (token) throw new HashPathError('forbiddenKey', { name: token.name });
}
