import type { Block } from '../../../../src/workflow';
import { triggerData } from '../../trigger-data';
import { eventIn } from './event-in';
import type { Roaming, Verdict } from './module';

/** Reads the event anew; nothing happens where the trigger's block does not ask for the core format. */
export function reloadFullEvent(_block: Block, roaming: Roaming): Verdict {
  const event = eventIn(roaming);
  if (event && roaming.isCoreFormat) Object.assign(roaming, { data: triggerData(event), filters: undefined });
  return { ok: true };
}
