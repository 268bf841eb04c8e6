import { complete } from '../event/to-core';
import type { MispData, MispEvent } from '../event/core';
import { isList, isRecord } from '../event/values';
import type { MispClient } from '../misp/client';
import { WorkflowError } from '../text';
import { loadEvent } from './full-event';
import { ONE, takesEvents, WHOLE, type Part } from './of-events';

/** What such a trigger does not carry; `events/view` has it. */
const CONTENTS = [
  'Attribute',
  'Object',
  'EventReport',
  'ShadowAttribute',
  'RelatedEvent',
  'Galaxy',
  'Sighting',
];

/**
 * What MISP would send for an event that it has: as much of it as the trigger carries. Of one attribute, object or report
 * it is the first.
 * @param key id or uuid
 * @throws {WorkflowError} if MISP does not have it, or the trigger is about something that it lacks
 */
export async function dataOfEvent(client: MispClient, trigger: string, key: string): Promise<unknown> {
  if (!takesEvents(trigger)) throw new WorkflowError('trigger.notOfEvents', { trigger });
  const data = await loadEvent(client, key);
  if (WHOLE.includes(trigger) || !isRecord(data) || !isRecord(data.Event)) return data;
  const part = ONE[trigger];
  const event: Record<string, unknown> = { ...data.Event };
  for (const name of CONTENTS) delete event[name];
  if (part) event[part] = [firstOf(data.Event, part, key)];
  return complete({ Event: event as MispEvent } satisfies MispData);
}

function firstOf(event: Readonly<Record<string, unknown>>, part: Part, key: string): unknown {
  // The attributes of objects too.
  const list = event[part === 'Attribute' ? '_AttributeFlattened' : part];
  const first: unknown = isList(list) ? list[0] : undefined;
  if (first === undefined) throw new WorkflowError('trigger.eventWithout', { part, event: key });
  return first;
}
