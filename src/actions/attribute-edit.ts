import { isSet } from '../event/flags';
import type { MispAttribute } from '../event/core';
import { isSameValue } from '../event/same';
import type { SavedFilters } from '../event/saved-filters';
import type { AttributeFields, EditAttributes, Plan } from './plan';
import { attributesOf, byEvent } from './targets';

/** What an attribute is to become; nothing, if it is to stay as it is. */
export type AttributeChange = (attribute: MispAttribute) => AttributeFields;

/**
 * Fields of the attributes that the filter leaves, one operation for each event. What an attribute has already
 * is not written again.
 */
export function planAttributeEdit(
  change: AttributeChange,
  filters: Partial<SavedFilters>,
  data: unknown,
): Plan<EditAttributes> {
  return byEvent(attributesOf(filters, data)).flatMap(({ event, targets }): EditAttributes[] => {
    const changes = targets.flatMap(({ item, ref }) => {
      const fields = newFields(change(item), item);
      return Object.keys(fields).length > 0 ? [{ item: ref, fields }] : [];
    });
    return changes.length > 0 ? [{ do: 'edit-attributes', event, changes }] : [];
  });
}

/** MISP's `attribute_ids_flag_operation`, whose `add` sets the flag; `toggle` is beyond MISP. */
export function idsFlag(action = 'add'): AttributeChange {
  if (action === 'toggle') return ({ to_ids: flag }) => ({ to_ids: !isSet(flag) });
  return () => ({ to_ids: action !== 'remove' });
}

/** The same fields for every attribute. */
export function setFields(fields: AttributeFields): AttributeChange {
  return () => fields;
}

/** The fields that differ from what the attribute has. */
function newFields(fields: AttributeFields, attribute: MispAttribute): AttributeFields {
  const entries = Object.entries(fields).filter(([name, value]) => {
    const current = attribute[name];
    return current === undefined || !isSameValue(name, current, value);
  });
  // A sharing group means something together with its distribution only.
  if (fields.sharing_group_id !== undefined && entries.length > 0) return fields;
  return Object.fromEntries(entries);
}
