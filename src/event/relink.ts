import { uuidKey } from './same';

/** An attribute as far as this file reads it. */
interface Attribute {
  uuid?: string;
}
interface EventData {
  Event?: {
    Attribute?: Attribute[];
    Object?: { Attribute?: Attribute[] }[];
    _AttributeFlattened?: Attribute[];
  };
}

/**
 * Makes `Event._AttributeFlattened` hold the very attributes of the event and its objects. In MISP's JSON
 * it is a second copy of them: an edit in one place would not be seen in the other, and memory doubles.
 * Attributes that stand nowhere else stay as they are.
 * @param data MISP core format, or anything else, which is left alone
 * @param wasCut the list was an exact copy and was taken out of the text: it is filled from the attributes
 */
export function relinkFlattened(data: unknown, wasCut: boolean): void {
  const event = (data as EventData | null | undefined)?.Event;
  if (!Array.isArray(event?._AttributeFlattened)) return;
  const attributes = attributesOf(event);
  if (wasCut) {
    event._AttributeFlattened = attributes;
    return;
  }
  const byUuid = new Map<string, Attribute>();
  for (const attribute of attributes) if (attribute?.uuid) byUuid.set(uuidKey(attribute.uuid), attribute);
  const flattened = event._AttributeFlattened;
  for (let i = 0; i < flattened.length; i++) {
    flattened[i] = byUuid.get(uuidKey(flattened[i]?.uuid)) ?? flattened[i];
  }
}

/** The event's own attributes, then those of its objects: MISP's order of the flattened list. */
function attributesOf(event: NonNullable<EventData['Event']>): Attribute[] {
  const attributes = Array.isArray(event.Attribute) ? [...event.Attribute] : [];
  if (!Array.isArray(event.Object)) return attributes;
  for (const object of event.Object) {
    if (Array.isArray(object?.Attribute))
      for (const attribute of object.Attribute) attributes.push(attribute);
  }
  return attributes;
}
