/** Things that are added to an event: plain data, as MISP's API takes them. */
import type { Ref } from './plan';

export interface NewTag {
  name: string;
  local?: boolean;
}

/** Without a category, `to_ids` or a comment it gets MISP's own for its type. */
export interface NewAttribute {
  uuid: string;
  type: string;
  value: string;
  category?: string;
  to_ids?: boolean;
  comment?: string;
  distribution?: string;
  sharing_group_id?: string;
  first_seen?: string;
  last_seen?: string;
  disable_correlation?: boolean;
  /** Base64 of a file. */
  data?: string;
  /** MISP is to put the file into a zip with a password. */
  encrypt?: true;
  Tag?: NewTag[];
  /** In an object. */
  object_relation?: string;
}

export interface NewReference {
  uuid: string;
  object_uuid: string;
  referenced_uuid: string;
  relationship_type: string;
  comment?: string;
}

export interface NewObject {
  uuid: string;
  name: string;
  'meta-category': string;
  template_uuid: string;
  template_version: string;
  description?: string;
  comment?: string;
  distribution?: string;
  sharing_group_id?: string;
  first_seen?: string;
  last_seen?: string;
  Attribute: NewAttribute[];
  ObjectReference?: NewReference[];
}

export interface NewReport {
  uuid: string;
  name: string;
  content: string;
  distribution?: string;
  sharing_group_id?: string;
}

/** What is there already is not added again. */
export interface AddToEvent {
  do: 'add-to-event';
  event: Ref;
  attributes: NewAttribute[];
  objects: NewObject[];
  reports: NewReport[];
}

/** How MISP names it in a list of what failed. */
export function titleOf(thing: NewAttribute | NewObject | NewReport): string {
  if ('value' in thing) return `${thing.type} ${thing.value}`.slice(0, 200);
  return ('Attribute' in thing ? `object ${thing.name}` : `report ${thing.name}`).slice(0, 200);
}

/** What tells an attribute from others: case counts for few types only, and MISP decides that. */
export function sameAttribute({ type, value }: { type?: unknown; value?: unknown }): string {
  return JSON.stringify([type, String(value).trim()]);
}

/** What tells an object from others: its name and what is in it. */
export function sameObject({ name, Attribute }: { name?: unknown; Attribute?: unknown }): string {
  const rows = Array.isArray(Attribute) ? (Attribute as Record<string, unknown>[]) : [];
  const parts = rows.map(({ object_relation, type, value }) =>
    JSON.stringify([object_relation, type, String(value).trim()]),
  );
  return JSON.stringify([name, parts.sort()]);
}
