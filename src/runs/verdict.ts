import { text, words, WorkflowError, type Said } from '../text';

/** What MISP is told: go on, or stop the operation. */
export type Outcome = 'allow' | 'block';

/**
 * Why a run ended: a response node said so, all its paths ended, a node failed without a Catch node,
 * nothing can come any more that would answer it, its time was up, it was to go on and could not be cleared, MISP does
 * not wait, the flow went away, or MISP hung up.
 */
export type Cause =
  'response' | 'ended' | 'error' | 'unanswered' | 'deadline' | 'uncleared' | 'accepted' | 'gone' | 'lost';

export interface Verdict {
  outcome: Outcome;
  cause: Cause;
  /** For a block: the text for MISP's log. For an allow after an error: what failed. */
  reason?: Said;
  /** What a flow found that is a module of MISP: the answer, ready to be written as JSON. */
  result?: object;
  /** What MISP's workflow gets for an allow. */
  handBack?: HandBack;
}

/** A result for the rest of MISP's workflow, which finds it as `_env.misp_module_results.<key>`. */
export interface HandBack {
  key: string;
  /** As JSON: the message may change afterwards. */
  json: string;
}

/** MISP keeps it in the data of its run, and renders templates with it, in characters. */
const MOST_HANDED_BACK = 1_000_000;

/**
 * What a flow hands back to MISP.
 * @returns nothing where there is no value: what a MISP makes of `null` is not known
 * @throws {WorkflowError} for what is no JSON, or too large
 */
export function handBackOf(key: string, value: unknown): HandBack | undefined {
  if (value === undefined || value === null) return undefined;
  const json = jsonOf(value);
  if (json === undefined) throw new WorkflowError('response.noJson', { key });
  if (json.length > MOST_HANDED_BACK) {
    throw new WorkflowError('response.tooLarge', { key, limit: MOST_HANDED_BACK });
  }
  return { key, json };
}

/** Nothing for what is no JSON: a circle, a function, a level too deep. */
function jsonOf(value: unknown): string | undefined {
  try {
    const json: string | undefined = JSON.stringify(value);
    return json;
  } catch {
    return undefined;
  }
}

/** MISP writes the text into its log: a longer one helps nobody, and must not break that. */
const MOST_CHARACTERS = 4000;

/**
 * A text that MISP takes for a block. MISP goes on when `error` is empty, false or "0"
 * (docs/architecture.md, "What a reply of the Action service does"), so such a text is replaced.
 */
export function blockText(reason: unknown): string {
  const given = typeof reason === 'string' ? reason.trim() : '';
  if (given === '' || given === '0' || given === 'false') return words(text('run.blocked'));
  return given.length > MOST_CHARACTERS ? `${given.slice(0, MOST_CHARACTERS)}…` : given;
}

/** The body of MISP's answer. Nothing but a non-empty `error` stops MISP. */
export function replyBody(verdict: Verdict): { data: true } | { error: string } {
  return verdict.outcome === 'block' ? { error: blockText(words(verdict.reason ?? '')) } : { data: true };
}
