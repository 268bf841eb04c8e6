import { RE2JS } from 're2js';
import { HashPathError } from './errors';
import { compileRegex } from './regex';
import type { Regex } from './regex';
import { isNumericText, looseCompare } from './loose';
import { entryOf, isEntries, isForbidden, textOf } from './values';
import type { Entries } from './values';

/** One bracket of a path: `[field]`, `[field=value]`, `[field=/regex/]`. */
export interface Condition {
  field: string;
  operator?: string;
  value?: string;
  regex?: Regex;
}

/**
 * `[field]` or `[field operator value]`. A value in slashes may contain `]`. White space around the operator
 * does not count, elsewhere it does. Source: the documentation of CakePHP's Hash, and MISP's answers.
 */
const BRACKET = RE2JS.compile(
  String.raw`\[([^=><!]+?)(?:[\t\n\v\f\r ]*([><!]?=|[><])[\t\n\v\f\r ]*(/.*?/|[^\]]+))?\]`,
);

/**
 * The conditions in the brackets of one part of a path. A bracket that cannot be read is no condition.
 * @throws HashPathError for a regular expression that is not supported
 */
export function parseConditions(text: string): Condition[] {
  const matcher = BRACKET.matcher(text);
  const conditions: Condition[] = [];
  while (matcher.find()) {
    const condition: Condition = { field: matcher.group(1) ?? '' };
    const operator = matcher.group(2);
    const value = matcher.group(3);
    if (operator !== null) condition.operator = operator;
    if (value !== null) condition.value = value;
    if (operator === '=' && value?.startsWith('/')) condition.regex = compileRegex(value);
    conditions.push(condition);
  }
  return conditions;
}

/**
 * Whether an entry fulfils all conditions. A field that is missing fulfils none, not even `!=`.
 * @throws HashPathError if a regular expression meets a list or an object
 */
export function matchesAll(entry: Entries, conditions: Condition[]): boolean {
  return conditions.every((condition) => matches(entry, condition));
}

function matches(entry: Entries, { field, operator, value = '', regex }: Condition): boolean {
  const found = entryOf(entry, field);
  if (operator === undefined) return found !== undefined && found !== null;
  if (found === undefined || isForbidden(field)) return false;
  const left = typeof found === 'boolean' ? booleanText(found, value) : found;
  if (regex) {
    if (isEntries(left)) throw new HashPathError('regexOnArray', { field });
    return regex.test(textOf(left));
  }
  return compares(left, operator, value);
}

/** Booleans are "1" and "0" beside a number, else "true" and "false". */
function booleanText(found: boolean, value: string): string {
  if (isNumericText(value)) return found ? '1' : '0';
  return String(found);
}

function compares(left: unknown, operator: string, right: string): boolean {
  const order = looseCompare(left, right);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '>=':
      return order >= 0;
    default:
      return order <= 0;
  }
}
