import type { AnalystFields, AnalystKind, AnalystTarget } from '../actions/analyst-data';
import { uuidKey } from '../event/same';
import { isRecord } from '../event/values';
import type { CallOptions, MispClient } from './client';
import { nameOf, type Expected, type Json } from './expected';

/**
 * Adds a note, an opinion or a relationship (`analystData/add`). A repetition would add another one.
 * @param uuid of what it is about
 */
export function addOneOf(
  client: MispClient,
  kind: AnalystKind,
  [target, uuid]: readonly [AnalystTarget, string],
  fields: AnalystFields,
  options: CallOptions = {},
): Promise<Json> {
  // What it is about stands in the path for some versions of MISP, and in the body for others.
  const body = { [kind]: { ...fields, object_type: target, object_uuid: uuid } };
  const path = `/analystData/add/${kind}/${encodeURIComponent(uuid)}/${target}`;
  return client.post(path, body, { ...options, expect: ofThing(kind, uuid) });
}

/** The one that was added, about what was meant. */
function ofThing(kind: AnalystKind, about: string): Expected<Json> {
  return {
    what: nameOf(kind),
    read(data) {
      const row = isRecord(data) ? data[kind] : undefined;
      return isRecord(row) && uuidKey(row.object_uuid) === uuidKey(about) ? row : undefined;
    },
  };
}
