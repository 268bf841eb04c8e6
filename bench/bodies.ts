import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Event {
  Attribute: { id: string; uuid: string }[];
  Tag: { name: string }[];
  _AttributeFlattened: unknown[];
}
interface Body {
  module: string;
  data: { Event: Event };
}

/** A request, and whether it is to be blocked. */
export interface BenchBody {
  text: string;
  blocked: boolean;
}

export const BODIES = ['55KB', '1MB'] as const;
export type BodyName = (typeof BODIES)[number];

const fixture = (name: string): Body => {
  const file = path.join(__dirname, '../test/fixtures/triggers', name);
  return (JSON.parse(readFileSync(file, 'utf8')) as { request: { body: Body } }).request.body;
};

/** Two requests of one size: an event tagged tlp:red, which is blocked, and the same without that tag. */
export function bodies(name: BodyName, module: string): BenchBody[] {
  return [true, false].map((blocked) => {
    const body = name === '55KB' ? fixture('event-publish.json') : enlarged();
    body.module = module;
    const { Event } = body.data;
    Event.Tag = Event.Tag.filter((tag) => tag.name !== 'tlp:red');
    if (blocked) Event.Tag.push({ ...Event.Tag[0], name: 'tlp:red' });
    return { text: JSON.stringify(body), blocked };
  });
}

/** The recorded event with 400 attributes, with as many more as make 1 MB. */
function enlarged(): Body {
  const body = fixture('event-publish.big-event.json');
  const { Event } = body.data;
  const more = Event.Attribute.slice(0, 360).map((attribute) => ({
    ...attribute,
    id: String(Number(attribute.id) + 10000),
    uuid: attribute.uuid.replace(/^.{8}/, 'ffffffff'),
  }));
  Event.Attribute.push(...more);
  Event._AttributeFlattened = Event.Attribute;
  return body;
}
