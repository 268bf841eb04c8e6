import { text, type Text } from '../text';
import type { Entry } from '../runs/journal';
import type { RunRecord } from './record';

/** Whether with this entry of its journal it is known what came of a run that MISP asked for. */
export function isOver({ test, replay, cause }: RunRecord, what: Entry['what']): boolean {
  if (test || replay !== undefined) return false;
  return cause === 'accepted' ? what === 'ended' : what === 'answered';
}

/** MISP was told to go on by a decision, and no node failed: of no interest unless somebody looks for it. */
export function isOrdinary({ outcome, cause, failed }: RunRecord): boolean {
  return (
    outcome === 'allow' && !failed && (cause === 'response' || cause === 'ended' || cause === 'accepted')
  );
}

/** What came of a run, in a line for the log: nothing of the event but its id. */
export function runLine({ run, trigger, module, about, outcome, cause, waited, failed }: RunRecord): Text {
  const line = text('history.run', {
    ...{ run, trigger, module, event: about?.id ?? '-' },
    outcome: text(outcome === 'block' ? 'outcome.block' : 'outcome.allow'),
    ...{ cause: cause ?? '-', ms: waited ?? 0 },
  });
  return failed ? text('history.runFailed', { line }) : line;
}
