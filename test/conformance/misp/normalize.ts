/** What MISP's triggers make of the data they are called with. */
import type { MispData, MispEvent } from '../../../src/event/core';
import { textOf } from '../../../src/event/values';
import { complete } from '../../../src/event/to-core';
import { triggerById } from '../../../src/triggers/triggers';
import type { Json, JsonObject } from '../vectors';
import { asObject, convert, isObject, partOf } from './convert';
import type { Database } from './convert';

/** The data a workflow starts with, or false if there is nothing to start for. */
export function normalizeData(trigger: string, data: JsonObject, database: Database): unknown {
  if (!triggerById(trigger)?.coreFormat) return data;
  const special = models.find(([prefix]) => trigger.startsWith(prefix));
  if (!special) return convert(data, database);
  const [, model, normalize] = special;
  const row = data[model];
  return isObject(row) && Object.keys(row).length > 0 ? normalize(row, database) : false;
}

type Normalize = (row: JsonObject, database: Database) => unknown;

/** Triggers about something in an event: the event is fetched. */
const models: [string, string, Normalize][] = [
  ['shadow-attribute', 'ShadowAttribute', fromProposal],
  ['sighting', 'Sighting', (row, database) => attribute(asObject(row.Attribute).id, {}, database)],
  ['event-report', 'EventReport', (row, database) => inEvent(row.event_id, { EventReport: [row] }, database)],
  ['tag-attached', 'Tag', fromTag],
];

function fromProposal(row: JsonObject, database: Database): unknown {
  const proposals = { ShadowAttribute: [row] };
  if (textOf(row.old_id ?? 0) !== '0') return attribute(row.old_id, proposals, database);
  return inEvent(row.event_id, proposals, database);
}

function fromTag(row: JsonObject, database: Database): unknown {
  return row.attribute_id ? attribute(row.attribute_id, {}, database) : inEvent(row.event_id, {}, database);
}

function attribute(id: Json | undefined, added: JsonObject, database: Database): unknown {
  const row = asObject(asObject(database.objects_in_db)[`attr:${textOf(id)}`]);
  return convert({ ...row, Attribute: { ...asObject(row.Attribute), ...added } }, database, 'attribute');
}

function inEvent(id: Json | undefined, part: JsonObject, database: Database): unknown {
  return complete({ Event: partOf(id, part, database) as MispEvent } satisfies MispData);
}
