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
    return this.find(this.events, key, (event) => event);
  }

  attribute(key: string): FoundAttribute | undefined {
    return this.find(this.attributes, key, ({ event }) => event);
  }

  /** What the index has, if its event is still there; another one may have taken its place. */
  private find<T>(
    index: ReadonlyMap<string, T>,
    key: string,
    eventOf: (found: T) => MispEvent,
  ): T | undefined {
    const isThere = (event: MispEvent) => this.all.get(event.id) === event;
    const known = index.get(key);
    if (known && isThere(eventOf(known))) return known;
    if (known) this.counted = -1;
    const found = this.renew() ? index.get(key) : undefined;
    return found && isThere(eventOf(found)) ? found : undefined;
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
