import { RE2JS } from 're2js';
import { WorkflowError } from '../text';

/** What JSONata's functions get from a regular expression: the first match behind a place, and how to go on. */
export type Matcher = (text: string, from?: number) => Match | undefined;

interface Match {
  match: string;
  start: number;
  end: number;
  groups: (string | undefined)[];
  next: () => Match | undefined;
}

const MAX_PROGRAM = 5_000;

/**
 * A regular expression of JSONata on RE2, whose time grows with the length of the text only: JavaScript's own can take
 * hours for a text that somebody made for it.
 * @throws {WorkflowError} for look-around, back references and what is too large
 */
export function linearMatcher({ source, flags }: { source: string; flags: string }): Matcher {
  const regex = compile(source, flags);
  return function match(text, from = 0) {
    const matcher = regex.matcher(text);
    if (!matcher.find(from)) return undefined;
    const [start, end] = [matcher.start(), matcher.end()];
    const groups = Array.from(
      { length: matcher.groupCount() },
      (_, index) => matcher.group(index + 1) ?? undefined,
    );
    const next = () => {
      if (end >= text.length) return undefined;
      const following = match(text, end);
      // As in JSONata: what matches nothing never comes to an end.
      if (following?.match === '') throw new WorkflowError('expression.emptyMatch', { regex: source });
      return following;
    };
    return { match: matcher.group() ?? '', start, end, groups, next };
  };
}

function compile(source: string, flags: string): RE2JS {
  let options = 0;
  if (flags.includes('i')) options |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) options |= RE2JS.MULTILINE;
  try {
    const regex = RE2JS.compile(RE2JS.translateRegExp(source), options);
    if (regex.programSize() <= MAX_PROGRAM) return regex;
  } catch (error) {
    throw new WorkflowError('expression.regex', { regex: source }, { cause: error });
  }
  throw new WorkflowError('expression.regexTooLarge', { regex: source });
}
