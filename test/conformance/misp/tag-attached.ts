import { looseEquals } from '../../../src/event/loose';
import { isEmpty } from '../../../src/event/values';
import type { JsonObject } from '../vectors';
import { asObject } from './convert';

/** MISP's decision of the trigger `tag-attached-after-save`, on the row of the tag, which MISP does not send. */
export function tagAttached(params: JsonObject, data: JsonObject): boolean {
  const { scope = 'event', locality = 'local', tag = '' } = params;
  const row = asObject(data.Tag);
  const isOnAttribute = !isEmpty(row.attribute_id);
  if (scope === 'event' && isOnAttribute) return false;
  if (scope === 'attribute' && !isOnAttribute) return false;
  if (locality === 'local' && isEmpty(row.local)) return false;
  if (locality === 'global' && !isEmpty(row.local)) return false;
  return isEmpty(tag) || looseEquals(row.name, tag);
}
