import { AsyncLocalStorage } from 'node:async_hooks';
import type { MispAttribute, MispEvent } from './model';
import type { StandIn } from './stand-in';
import { triggerData } from './trigger-data';

/** What a REST call has saved, in order: an event, and the attribute of it that was. */
interface Save {
  event: MispEvent;
  attribute?: MispAttribute;
}

const saves = new AsyncLocalStorage<Save[]>();

/** Something is saved by the REST call that is answered. */
export function noteSaved(event: MispEvent, item?: object): void {
  saves.getStore()?.push({ event, attribute: item === event ? undefined : (item as MispAttribute) });
}

/** Answers a REST call; the triggers of what it has saved fire in the background, with the data of that moment. */
export async function firing<T>(misp: StandIn, answer: () => Promise<T>): Promise<T> {
  const saved: Save[] = [];
  const result = await saves.run(saved, answer);
  const events = new Map(saved.map(({ event }) => [event, event] as const));
  const attributes = new Map(
    saved.flatMap(({ attribute, event }) => (attribute ? [[attribute, event]] : [])),
  );
  const fire = (trigger: string, data: object) => {
    // MISP writes it into the job; what comes later does not change it.
    const then = structuredClone(data);
    setImmediate(() => void misp.fire(trigger, then));
  };
  for (const [attribute, event] of attributes) fire('attribute-after-save', dataOf(event, attribute));
  for (const event of events.keys()) fire('event-after-save', dataOf(event));
  return result;
}

/** The event's own fields and tags, with the one attribute (recorded in test/fixtures/triggers/attribute-after-save.json). */
function dataOf(event: MispEvent, attribute?: MispAttribute): object {
  const object = event.Object.find(
    ({ Attribute }) => attribute !== undefined && Attribute.includes(attribute),
  );
  const Attribute = attribute && !object ? [attribute] : [];
  const Objects = attribute && object ? [{ ...object, Attribute: [attribute] }] : [];
  const data = triggerData({ ...event, Attribute, Object: Objects }) as { Event: Record<string, unknown> };
  const { Event } = data;
  for (const name of ['EventReport', 'ShadowAttribute', 'RelatedEvent', 'Galaxy', 'Sighting'])
    delete Event[name];
  if (Attribute.length === 0) delete Event.Attribute;
  if (Objects.length === 0) delete Event.Object;
  return data;
}
