import type { StandIn } from '../stand-in';
import type { WorkflowRow } from '../workflows/store';
import { describe } from '../workflows/triggers';

/** A row as `view` and `index` give it. */
export function described(misp: StandIn, row: WorkflowRow): Record<string, unknown> {
  const disabled = !misp.workflowStore.isTriggerOn(row.trigger_id);
  const trigger = { ...describe(row.trigger_id), disabled };
  return { ...row, counter: String(row.counter), listening_triggers: [trigger] };
}
