import type { MispAttribute, MispEvent, MispTag } from '../../src/event/core';
import { complete } from '../../src/event/to-core';

/** A tag as MISP sends it. */
export const tag = (name: string, local = false): MispTag => ({
  id: '1',
  name,
  local,
  relationship_type: '',
});

/** An attribute; what is tagged has `Tag`. */
export function attribute(id: number, more: Partial<MispAttribute> = {}): MispAttribute {
  const uuid = `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
  const base = { id: String(id), uuid, event_id: '1', type: 'ip-dst', value: `192.0.2.${id}`, to_ids: true };
  return { ...base, comment: '', timestamp: '1700000000', ...more };
}

/** An event in core format. */
export function eventWith(attributes: MispAttribute[], more: Partial<MispEvent> = {}): { Event: MispEvent } {
  return complete({
    Event: { id: '1', uuid: 'e', info: 'a case', published: true, Attribute: attributes, ...more },
  });
}

/** Names of an attribute as a plan has them. */
export const ref = ({ id, uuid }: MispAttribute) => ({ id, uuid });
