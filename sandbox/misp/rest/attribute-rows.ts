import { randomUUID } from 'node:crypto';
import type { MispAttribute, MispEvent, MispTag } from '../model';
import type { FoundAttribute } from '../store/items';
import { now } from './touch';
import { textOf } from './values';

type Row = Record<string, unknown>;

/** The fields of an attribute that can be changed, by `attributes/edit` and `events/edit`. */
const EDITABLE = [
  'type',
  'category',
  'value',
  'to_ids',
  'distribution',
  'sharing_group_id',
  'comment',
  'deleted',
  'disable_correlation',
  'first_seen',
  'last_seen',
];

/** Takes over what is named, as MISP stores it. */
export function editFields(attribute: MispAttribute, fields: Row): void {
  for (const name of EDITABLE) {
    if (fields[name] !== undefined) attribute[name] = stored(name, fields[name]);
  }
  if (attribute.distribution !== '4') attribute.sharing_group_id = '0';
}

function stored(name: string, value: unknown): unknown {
  if (name === 'to_ids' || name === 'deleted' || name === 'disable_correlation') return isTrue(value);
  if (name.endsWith('_seen')) return value ? textOf(value).replace('Z', '+00:00') : null;
  return textOf(value);
}

export const isTrue = (value: unknown): boolean => value === true || value === 1 || value === '1';

/** A new attribute in the form of `events/view`. */
export function newAttribute(event: MispEvent, id: string, given: Row): MispAttribute {
  const attribute: MispAttribute = {
    id,
    type: '',
    category: 'Other',
    to_ids: true,
    uuid: typeof given.uuid === 'string' ? given.uuid : randomUUID(),
    event_id: event.id,
    distribution: '5',
    timestamp: now(),
    comment: '',
    sharing_group_id: '0',
    deleted: false,
    disable_correlation: false,
    object_id: '0',
    object_relation: null,
    first_seen: null,
    last_seen: null,
    value: '',
    Galaxy: [],
    ShadowAttribute: [],
  };
  editFields(attribute, given);
  return attribute;
}

/** An attribute as `attributes/...` give it, keys in MISP's order. */
export function plainRow(attribute: MispAttribute): Row {
  const { id, event_id, object_id, object_relation, category, type, to_ids, uuid } = attribute;
  return {
    ...{ id, event_id, object_id, object_relation, category, type, to_ids, uuid },
    timestamp: attribute.timestamp,
    distribution: attribute.distribution,
    sharing_group_id: attribute.sharing_group_id,
    comment: attribute.comment,
    deleted: attribute.deleted,
    disable_correlation: attribute.disable_correlation,
    first_seen: attribute.first_seen,
    last_seen: attribute.last_seen,
    value: attribute.value,
  };
}

/** Tags of an attribute as restSearch gives them. */
export function tagRows(tags: readonly MispTag[] = []): Row {
  if (tags.length === 0) return {};
  return {
    Tag: tags.map(({ id, name, colour, numerical_value = null, is_galaxy, local }) => ({
      ...{ id, name, colour, numerical_value, is_galaxy, local },
    })),
  };
}

/** Of the event as much as a row of restSearch has. */
export function eventOfRow({ event }: FoundAttribute): Row {
  const { org_id, distribution, publish_timestamp, id, info, orgc_id, uuid } = event;
  return { org_id, distribution, publish_timestamp, id, info, orgc_id, uuid };
}
