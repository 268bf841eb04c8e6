import { planBlockEvent } from '../../src/actions/blocklist';
import { get } from '../../src/event/hash';
import { isEntries, textOf } from '../../src/event/values';
import { defineMispAction } from './define-misp-action';

export default defineMispAction(
  {
    type: 'misp-blocklist',
    modules: ['add_eventblocklist_entry'],
    version: 1,
    fields: {
      uuid_hash_path: { kind: 'hashpath', default: 'Event.uuid', required: true },
      eventinfo_hash_path: { kind: 'hashpath', default: 'Event.info' },
      block_comment: { kind: 'text', default: 'Blocked from workflow' },
    },
  },
  ({ config }) =>
    ({ payload }) =>
      planBlockEvent(config, payload, creatorOf(payload)),
);

/** The organisation that made the event: what the list shows beside it. */
function creatorOf(payload: unknown): string {
  return isEntries(payload) ? textOf(get(payload, 'Event.Orgc.name', '')) : '';
}
