import { uuidKey } from '../event/same';
import { isList, isRecord, textOf } from '../event/values';
import { stateOf, type State, type ThingKind } from './state';

type Row = Readonly<Record<string, unknown>>;

/** The one thing that a trigger tells of. */
export interface Thing {
  kind: ThingKind;
  uuid: string;
  /** MISP's seconds; not a number if it does not say so. */
  timestamp: number;
  publishTimestamp: number;
  state: State;
  /** It was not there before. */
  isNew?: boolean;
}

/** Of the triggers that tell what was saved: which thing. */
const KINDS: Readonly<Record<string, ThingKind | undefined>> = {
  'attribute-after-save': 'attribute',
  'object-after-save': 'object',
  'event-after-save': 'event',
  'event-after-save-new': 'event',
  'event-report-after-save': 'event-report',
  'sighting-after-save': 'sighting',
  'analyst-data-after-save': 'analyst-data',
};
const TAGS = 'tag-attached-after-save';
const NEW = 'event-after-save-new';
/** Where the one that was saved stands in the event. */
const ANALYST_DATA = ['Note', 'Opinion', 'Relationship'];

/** Triggers that may be an echo of what this Node-RED wrote, and of which MISP does not wait for an answer. */
export const ECHOING: readonly string[] = [...Object.keys(KINDS), TAGS];

/** What a request of a trigger tells of; nothing if it tells of no thing, or of several. */
export function thingOf(trigger: string, data: unknown): Thing | undefined {
  const event = eventIn(data);
  if (!event) return undefined;
  if (trigger === TAGS) {
    const attributes = attributesIn(event);
    if (attributes.length > 1) return undefined;
    return attributes.length === 1 ? thing('attribute', attributes[0]) : thing('event', event);
  }
  const kind = KINDS[trigger];
  if (!kind) return undefined;
  if (kind === 'event') {
    const told = thing(kind, event);
    return told && { ...told, isNew: trigger === NEW };
  }
  const rows = kind === 'object' ? rowsIn(event.Object) : rowsOf(kind, event);
  return rows.length === 1 ? thing(kind, rows[0]) : undefined;
}

function rowsOf(kind: ThingKind, event: Row): Row[] {
  if (kind === 'event-report') return rowsIn(event.EventReport);
  if (kind === 'analyst-data') return ANALYST_DATA.flatMap((name) => rowsIn(event[name]));
  return attributesIn(event);
}

/** A thing as MISP has it. */
export function thing(kind: ThingKind, row: Row): Thing | undefined {
  const uuid = uuidKey(row.uuid);
  if (uuid === '') return undefined;
  const publishTimestamp = seconds(row.publish_timestamp);
  const timestamp = kind === 'analyst-data' ? momentOf(row.modified) : seconds(row.timestamp);
  return { kind, uuid, timestamp, publishTimestamp, state: stateOf(kind, row) };
}

/** Analyst data has its time as `2026-11-21 10:00:00`, in a zone that MISP does not name: only told apart by it. */
const momentOf = (text: unknown): number => Date.parse(`${textOf(text).replace(' ', 'T')}Z`) / 1000;

/** Times as MISP writes them. */
export function seconds(moment: unknown): number {
  const text = textOf(moment);
  return /^\d+$/.test(text) ? Number(text) : NaN;
}

/** The names by which the event of some data is known. */
export function eventKeys(data: unknown): string[] {
  const event = eventIn(data);
  return event ? keysOf(event) : [];
}

/** The names of a thing: MISP is asked by either. */
export function keysOf({ id, uuid }: { readonly id?: unknown; readonly uuid?: unknown }): string[] {
  return [textOf(id), uuidKey(uuid)].filter((key) => key !== '');
}

/** The names of the attributes that a question of MISP is about. */
export function attributeKeys(data: unknown): string[] {
  const event = eventIn(data);
  const attributes = event ? attributesIn(event) : [];
  return attributes.length === 1 ? keysOf(attributes[0]) : [];
}

/**
 * What a trigger is about, to count how often: the attribute, object, report or proposal if it is one, not its event,
 * so that an import of many is no loop. Nothing if it cannot be told.
 */
export function entityOf(trigger: string, data: unknown): string | undefined {
  if (!isRecord(data)) return undefined;
  const of = (kind: string, row: unknown) => {
    const [key] = isRecord(row) ? keysOf(row).reverse() : [];
    return key === undefined ? undefined : `${kind} ${key}`;
  };
  const event = eventIn(data);
  if (!event) {
    const { Log } = data;
    if (isRecord(Log)) return of(`log ${textOf(Log.model)}`, { id: Log.model_id });
    return of('user', data);
  }
  const known = thingOf(trigger, data);
  // What is written about a thing is new each time: a loop shows in the thing.
  if (known?.kind === 'analyst-data') return `about ${known.state.object_uuid ?? ''}`;
  if (known) return `${known.kind} ${known.uuid}`;
  const one = [...attributesIn(event), ...rowsIn(event.Object), ...rowsIn(event.ShadowAttribute)];
  return one.length === 1 ? of('part', one[0]) : of('event', event);
}

function eventIn(data: unknown): Row | undefined {
  return isRecord(data) && isRecord(data.Event) ? data.Event : undefined;
}

/** Attributes wherever they stand, each once. */
function attributesIn(event: Row): Row[] {
  const ofObjects = rowsIn(event.Object).flatMap(({ Attribute }) => rowsIn(Attribute));
  return [...rowsIn(event.Attribute), ...ofObjects];
}

const rowsIn = (list: unknown): Row[] => (isList(list) ? list.filter(isRecord) : []);
