import { text } from '../text';

/** What MISP is told: go on, or stop the operation. */
export type Outcome = 'allow' | 'block';

/**
 * Why a run ended: a response node said so, all its paths ended, a node failed without a Catch node,
 * its time was up, MISP does not wait for this trigger, or the flow went away.
 */
export type Cause = 'response' | 'ended' | 'error' | 'deadline' | 'accepted' | 'gone';

export interface Verdict {
  outcome: Outcome;
  cause: Cause;
  /** For a block: the text for MISP's log. For an allow after an error: what failed. */
  reason?: string;
}

/**
 * A text that MISP takes for a block. MISP goes on when `error` is empty, false or "0"
 * (FACTS, "What a reply of the Action service does"), so such a text is replaced.
 */
export function blockText(reason: unknown): string {
  const given = typeof reason === 'string' ? reason.trim() : '';
  return given === '' || given === '0' || given === 'false' ? text('run.blocked') : given;
}

/** The body of MISP's answer. Nothing but a non-empty `error` stops MISP. */
export function replyBody(verdict: Verdict): { data: true } | { error: string } {
  return verdict.outcome === 'block' ? { error: blockText(verdict.reason) } : { data: true };
}
