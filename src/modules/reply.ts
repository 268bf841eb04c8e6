/** What a module's answer is worth. No answer, whatever it is, makes this fail: it says so. */
import { isEntries, isList, isRecord, valuesOf } from '../event/values';
import { isDeeper } from '../http/json';
import type { HttpAnswer } from '../http/client';
import { text, type Said } from '../text';

/** What came of a question. */
export type Outcome = 'result' | 'nothing' | 'failed' | 'timedOut' | 'notAsked';

export interface Reply {
  outcome: Outcome;
  /** Of a result: what the module found, in its format. */
  results?: unknown;
  /** What MISP puts beside the attribute: the results, or the whole answer if it has an error; nothing else. */
  attach?: unknown;
  /** Why there is no result, in words; those of the module may be among them. */
  problem?: Said;
  /** Nobody has answered, or no module: what was asked does not matter. */
  silent?: boolean;
}

const MOST_LEVELS = 100;
const LONGEST_WORDS = 300;

/** Reads what the service answered to a query. */
export function readReply({ status, text: body }: Pick<HttpAnswer, 'status' | 'text'>): Reply {
  if (status < 200 || status > 206) return noAnswer(text('modules.badStatus', { status }));
  let data: unknown;
  try {
    data = JSON.parse(body);
  } catch {
    return noAnswer(text('modules.notJson'));
  }
  return replyOf(data);
}

/** The same for an answer that is parsed. */
export function replyOf(data: unknown): Reply {
  if (!isRecord(data)) return failed(text('modules.notAnAnswer', { what: kindOf(data) }));
  if (isDeeper(data, MOST_LEVELS)) return failed(text('modules.tooDeep', { levels: MOST_LEVELS }));
  const { error, results } = data;
  const found = isEntries(results) && isFinding(results);
  if (isEmpty(error)) {
    if (!isEntries(results)) return failed(text('modules.noResults'));
    return { outcome: found ? 'result' : 'nothing', attach: results, ...(found ? { results } : {}) };
  }
  const problem = wordsOf(error);
  if (found) return { outcome: 'result', attach: data, results, problem };
  return { outcome: outcomeOfError(problem), attach: data, problem };
}

function failed(problem: Said): Reply {
  return { outcome: 'failed', problem };
}

function noAnswer(problem: Said): Reply {
  return { outcome: 'failed', problem, silent: true };
}

/** As PHP's `empty`. */
function isEmpty(error: unknown): boolean {
  return !error || error === '0' || (isEntries(error) && valuesOf(error).length === 0);
}

/** Whether anything is in it: in a list a row with a value, in an object a list with an entry. */
function isFinding(results: unknown): boolean {
  if (isList(results)) return results.some((row) => !isRecord(row) || !isEmptyRow(row));
  return isRecord(results) && Object.values(results).some((part) => !isEmpty(part));
}

function isEmptyRow({ values }: Readonly<Record<string, unknown>>): boolean {
  return (
    values === undefined || values === null || values === '' || (isList(values) && values.every(isEmpty))
  );
}

function wordsOf(error: unknown): string {
  return (typeof error === 'string' ? error : JSON.stringify(error)).slice(0, LONGEST_WORDS);
}

function kindOf(data: unknown): string {
  if (data === null || typeof data === 'boolean') return String(data);
  return isList(data) ? 'a list' : `a ${typeof data === 'string' ? 'text' : typeof data}`;
}

/** Words of a set-up that is not complete, of a service that is in trouble, or that wants no more questions. */
const TROUBLE =
  /\b(?:something went wrong|(?:un)?auth\w*|(?:api)?[ _-]?keys?|tokens?|secret|password|credentials?|log ?in|quota|limit\w*|exceeded|forbidden|denied|permissions?|config\w*|settings?|missing|require[ds]?|specify|path|install\w*|unsupported|connect\w*|accessible|(?:un)?reach\w*|unavailable|services?|servers?|time[d -]*out|proxy)\b/i;
/** Most modules have no other way to say that they know nothing of a value. */
const NOTHING =
  /\b(?:no|not|non|nothing|none|zero|0|never|neither|without|unknown|empty|nxdomain|unable to find|cannot find|\w+n't)\b/i;

/** What an error means: misp-modules has one for "nothing found", too. What is not understood is a failure. */
function outcomeOfError(words: string): Outcome {
  if (/^time[d -]*out\b|\btimed out\b/i.test(words)) return 'timedOut';
  return !TROUBLE.test(words) && NOTHING.test(words) ? 'nothing' : 'failed';
}
