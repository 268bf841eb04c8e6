import { isRecord, textOf } from '../event/values';
import type { MispClient } from './client';
import { rowsIn } from './expected';
import type { PickerItem } from './picker-item';
import { item } from './picker-sources';
import type { PickerAnswer } from './pickers';

/** How many events are offered. */
const MOST = 20;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is the id or the uuid of an event. */
export function isEventKey(text: string): boolean {
  return /^\d{1,12}$/.test(text) || UUID.test(text);
}

/**
 * Events by id or uuid, or by a part of their info (`events/restSearch`): without their contents.
 * @throws {WorkflowError} if MISP does not answer
 */
export async function searchEvents(client: MispClient, typed: string): Promise<PickerAnswer> {
  const text = typed.trim();
  if (text === '') return { items: [], more: true };
  const wanted = isEventKey(text) ? { eventid: [text] } : { eventinfo: `%${text}%` };
  const asked = { returnFormat: 'json', metadata: 1, limit: MOST + 1, page: 1, ...wanted };
  const rows = await client.post('/events/restSearch', asked, { expect: rowsIn('response', 'Event') });
  const items = rows.map(itemOf);
  return { items: items.slice(0, MOST), more: items.length > MOST };
}

function itemOf({ id, info, date, Orgc }: Record<string, unknown>): PickerItem {
  const organisation = isRecord(Orgc) ? textOf(Orgc.name) : '';
  return item(
    textOf(id),
    `${textOf(id)}: ${textOf(info)}`,
    [textOf(date), organisation].filter(Boolean).join(', '),
  );
}
