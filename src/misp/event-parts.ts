/** Parts of an event that some triggers leave out. */
import { isList, textOf } from '../event/values';
import type { MispClient } from './client';
import { eventHeads } from './events';
import { rows, type Expected, type Json } from './expected';
import { text, WorkflowError } from '../text';

/**
 * The tags of an event, without its attributes (`events/restSearch`).
 * @param key id or uuid
 * @throws {WorkflowError} `misp.notFound` if it is not there, or the key may not see it
 */
export async function eventTags(client: MispClient, key: string): Promise<unknown[]> {
  const head = (await eventHeads(client, [key])).get(key.toLowerCase());
  if (!head) throw new WorkflowError('misp.notFound', { message: text('misp.noEvent', { key }) });
  return isList(head.fields.Tag) ? [...head.fields.Tag] : [];
}

/**
 * The open proposals of an event (`shadow_attributes/index`).
 * @param id of the event
 */
export function eventProposals(client: MispClient, id: string): Promise<Json[]> {
  return client.get(`/shadow_attributes/index/${encodeURIComponent(id)}`, undefined, proposalsOf(id));
}

/** Those of the event; a list of nothing but others' is no answer. */
function proposalsOf(id: string): Expected<Json[]> {
  const list = rows('ShadowAttribute');
  return {
    what: list.what,
    read(data) {
      const all = list.read(data);
      const own = all?.filter(({ event_id: event }) => textOf(event) === id);
      return all && all.length > 0 && own?.length === 0 ? undefined : own;
    },
  };
}
