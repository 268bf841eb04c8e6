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
 * Makes the attributes of `Event._AttributeFlattened` the very attributes of the event and its objects. In MISP's JSON
 * they are a second copy: an edit in one place would not be seen in the other, and memory doubles. Where the copies
 * differ the flattened one counts: it is what MISP's modules decide by. What stands in one place only stays as it is.
 * @param data MISP core format, or anything else, which is left alone
 * @param wasCut the list was an exact copy and was taken out of the text: it is filled from the attributes
 */
export function relinkFlattened(data: unknown, wasCut: boolean): void {
  const event = (data as EventData | null | undefined)?.Event;
  if (!Array.isArray(event?._AttributeFlattened)) return;
  if (wasCut) {
    event._AttributeFlattened = attributesOf(event);
    return;
  }
  const listed = new Map<string, Attribute>();
  const flattened = event._AttributeFlattened;
  for (const attribute of flattened) if (attribute?.uuid) listed.set(uuidKey(attribute.uuid), attribute);
  const relink = (list: Attribute[]) => {
    for (let i = 0; i < list.length; i++) list[i] = listed.get(uuidKey(list[i]?.uuid)) ?? list[i];
  };
  relink(flattened);
  if (Array.isArray(event.Attribute)) relink(event.Attribute);
  if (!Array.isArray(event.Object)) return;
  for (const object of event.Object) if (Array.isArray(object?.Attribute)) relink(object.Attribute);
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
