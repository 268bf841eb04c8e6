import type { MispAttribute, MispEvent, MispObject } from '../model';

/** An attribute, and where it is. */
export interface FoundAttribute {
  event: MispEvent;
  object?: MispObject;
  attribute: MispAttribute;
}

/** Finds events and attributes by id or uuid, without walking through everything each time. */
export class Items {
  private readonly events = new Map<string, MispEvent>();
  private readonly attributes = new Map<string, FoundAttribute>();
  /** What was there when the index was made. */
  private counted = -1;

  constructor(private readonly all: ReadonlyMap<string, MispEvent>) {}

  event(key: string): MispEvent | undefined {
    const byId = this.all.get(key);
    if (byId) return byId;
    const known = this.events.get(key) ?? (this.renew() ? this.events.get(key) : undefined);
    return known && this.all.get(known.id) === known ? known : undefined;
  }

  attribute(key: string): FoundAttribute | undefined {
    const known = this.attributes.get(key) ?? (this.renew() ? this.attributes.get(key) : undefined);
    return known && this.all.get(known.event.id) === known.event ? known : undefined;
  }

  /** Makes the index again if something came or went; says whether it did. */
  private renew(): boolean {
    const count = [...this.all.values()].reduce((sum, event) => sum + 1 + sizeOf(event), 0);
    if (count === this.counted) return false;
    this.counted = count;
    this.events.clear();
    this.attributes.clear();
    for (const event of this.all.values()) {
      this.events.set(event.uuid, event);
      for (const found of attributesOf(event)) {
        this.attributes.set(found.attribute.id, found);
        this.attributes.set(found.attribute.uuid, found);
      }
    }
    return true;
  }
}

const sizeOf = (event: MispEvent): number =>
  event.Object.reduce((sum, { Attribute }) => sum + Attribute.length, event.Attribute.length);

/** All attributes of an event, those of its objects too, deleted ones too. */
export function attributesOf(event: MispEvent): FoundAttribute[] {
  return [
    ...event.Attribute.map((attribute) => ({ event, attribute })),
    ...event.Object.flatMap((object) => object.Attribute.map((attribute) => ({ event, object, attribute }))),
  ];
}
