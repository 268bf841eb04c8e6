import { get } from '../event/hash';
import { isEntries, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { BlockEvent, Plan } from './plan';

/** The parameters of MISP's module `add_eventblocklist_entry`. */
export interface BlocklistParams {
  uuid_hash_path?: string;
  eventinfo_hash_path?: string;
  block_comment?: string;
}

/**
 * Keeps an event from ever being created again in this MISP, by its uuid.
 * @param org the organisation to note with it; MISP's module notes the one the server belongs to
 * @throws {WorkflowError} if the path does not lead to a uuid
 */
export function planBlockEvent(params: BlocklistParams, data: unknown, org: string): Plan<BlockEvent> {
  const { uuid_hash_path: path = 'Event.uuid', eventinfo_hash_path: infoPath = 'Event.info' } = params;
  const uuid = textAt(data, path);
  if (uuid === '') throw new WorkflowError('blocklist.noUuid', { path });
  const comment = params.block_comment ?? 'Blocked from workflow';
  return [{ do: 'block-event', uuid, info: textAt(data, infoPath), org, comment }];
}

function textAt(data: unknown, path: string): string {
  const found = isEntries(data) ? get(data, path) : undefined;
  return isEntries(found) ? '' : textOf(found);
}
