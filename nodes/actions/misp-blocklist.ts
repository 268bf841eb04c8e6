import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { planBlockEvent, type BlocklistParams } from '../../src/actions/blocklist';
import { get } from '../../src/event/hash';
import { isEntries, textOf } from '../../src/event/values';
import { defineMispAction } from './parts/define-misp-action';

const BLOCKLIST = {
  module: 'add_eventblocklist_entry',
  params: {
    uuid_hash_path: 'uuid_hash_path',
    eventinfo_hash_path: 'eventinfo_hash_path',
    block_comment: 'block_comment',
  },
} as const satisfies ModuleMapping;

export default defineMispAction(
  {
    type: 'misp-blocklist',
    modules: [BLOCKLIST],
    version: 1,
    fields: {
      uuid_hash_path: { kind: 'hashpath', default: 'Event.uuid', required: true },
      eventinfo_hash_path: { kind: 'hashpath', default: 'Event.info' },
      block_comment: { kind: 'text', default: 'Blocked from workflow' },
    },
  },
  ({ config }) => {
    const params = writeParams<BlocklistParams>(BLOCKLIST, config);
    return ({ payload }) => planBlockEvent(params, payload, creatorOf(payload));
  },
);

/** The organisation that made the event: what the list shows beside it. */
function creatorOf(payload: unknown): string {
  return isEntries(payload) ? textOf(get(payload, 'Event.Orgc.name', '')) : '';
}
