import { toCoreFormat } from '../event/to-core';
import { isList, isRecord, textOf } from '../event/values';
import type { MispClient } from './client';
import { hasKey, listName, type Expected, type Json } from './expected';

/** What MISP's restSearch can look for. */
export const SEARCHED = ['events', 'attributes', 'objects', 'sightings'] as const;
export type Searched = (typeof SEARCHED)[number];

export interface SearchOptions {
  /** Results at most; 0 for all. */
  limit: number;
  /** Results of one call. */
  pageSize: number;
  /** Gives the search up. */
  signal: AbortSignal;
}

type Row = Record<string, unknown>;

/** Results of one call at most: more take MISP's memory. Whole events are large. */
export const LARGEST_PAGE = 5000;
const LARGEST_EVENT_PAGE = 100;

/** The size of a page: as wished, or the largest that is wise. */
export function pageSizeFor(searched: Searched, conditions: Row, wished: number): number {
  if (wished > 0) return Math.min(wished, LARGEST_PAGE);
  return searched === 'events' && !conditions.metadata ? LARGEST_EVENT_PAGE : LARGEST_PAGE;
}

/**
 * Searches page by page (`events/restSearch` and the like); a page is asked for when the one before was taken.
 * Events come in core format, everything else as MISP gives it.
 * @param conditions the parameters of restSearch, `context` of a sighting search among them
 * @throws {WorkflowError} what the client throws
 */
export async function* restSearch(
  client: MispClient,
  searched: Searched,
  { context, ...conditions }: Row,
  { limit, pageSize, signal }: SearchOptions,
): AsyncGenerator<unknown[]> {
  const path = `/${searched}/restSearch${typeof context === 'string' && context ? `/${context}` : ''}`;
  const size = limit > 0 ? Math.min(limit, pageSize) : pageSize;
  // MISP knows no pages of sightings: it gives them all.
  const paged = searched !== 'sightings';
  const expect = resultsOf(searched, conditions);
  let left = limit > 0 ? limit : Infinity;
  let before: unknown;
  for (let page = 1; left > 0; page++) {
    const paging = paged ? { limit: size, page } : {};
    const body = { returnFormat: 'json', ...conditions, ...paging };
    const { data: rows, headers } = await client.call('POST', path, body, { signal, expect });
    const first = rows[0] && JSON.stringify(rows[0]);
    // A MISP, or a proxy before it, that gives the same page again would do so for ever.
    if (signal.aborted || (first !== undefined && first === before)) return;
    before = first;
    if (rows.length > 0) yield rows.slice(0, left).map((row) => resultOf(searched, row));
    left -= rows.length;
    // What MISP left out of the page, such as hits of warninglists, counts for its size.
    const found = rows.length + (Number(headers['x-skipped-elements-count']) || 0);
    if (!paged || found < size) return;
  }
}

/**
 * The results of an answer: `{response: [..]}`, and for attributes `{response: {Attribute: [..]}}`. Nothing but these,
 * and only of the events that were asked for.
 */
function resultsOf(searched: Searched, conditions: Row): Expected<Row[]> {
  const frame = FRAMES[searched];
  const isAsked = askedFor(searched, conditions);
  const isResult = (row: unknown): row is Row => {
    const own = isRecord(row) && searched !== 'attributes' && searched !== 'sightings' ? row[frame] : row;
    return isRecord(own) && isAsked(own);
  };
  return {
    what: listName(frame),
    read(data) {
      const response = isRecord(data) ? data.response : undefined;
      const list = isRecord(response) && searched === 'attributes' ? response.Attribute : response;
      return isList(list) && list.every(isResult) ? ([...list] as Row[]) : undefined;
    },
  };
}

const PLAIN = /^[\da-f-]+$/i;

/** Whether a result is one that was asked for, where ids or uuids say exactly what is. */
function askedFor(searched: Searched, { eventid, uuid }: Row): (row: Json) => boolean {
  const plain = (keys: unknown) => {
    const list = [keys].flat().map(textOf);
    return keys !== undefined && list.length > 0 && list.every((key) => PLAIN.test(key)) ? list : undefined;
  };
  const [events, uuids] = [plain(eventid), plain(uuid)];
  if (searched === 'events') {
    const keys = events && uuids ? undefined : (events ?? uuids);
    return (row) => !keys || keys.some((key) => hasKey(row, key));
  }
  if (searched !== 'attributes') return () => true;
  const wanted = uuids && new Set(uuids.map((key) => key.toLowerCase()));
  return (row) => {
    const event = isRecord(row.Event) ? row.Event : {};
    const own = { id: row.event_id, uuid: event.uuid };
    // What a result does not tell is not held against it.
    const tells = (key: string) => (key.includes('-') ? own.uuid : own.id) !== undefined;
    const isOfEvent = !events || events.some((key) => !tells(key) || hasKey(own, key));
    // A uuid may be the attribute's, its event's or its object's.
    const isOne = !wanted || [row, event].some((thing) => wanted.has(textOf(thing.uuid).toLowerCase()));
    return isOfEvent && (isOne || textOf(row.object_id) !== '0');
  };
}

const FRAMES = {
  events: 'Event',
  attributes: 'Attribute',
  objects: 'Object',
  sightings: 'Sighting',
} as const;

/** An event in its frame, as everywhere in a flow; the others without theirs. */
function resultOf(searched: Searched, row: Row): unknown {
  if (searched === 'events') return toCoreFormat(row);
  return row[FRAMES[searched]] ?? row;
}

/** Attributes as events in core format that hold just these: what other nodes work on. */
export function asEvents(attributes: unknown[]): unknown[] {
  const events = new Map<unknown, { Event: Row; Attribute: Row[] }>();
  for (const attribute of attributes as Row[]) {
    const { Event: known, ...own } = attribute;
    const id = own.event_id;
    const event = events.get(id) ?? { Event: { id, ...(known as Row | undefined) }, Attribute: [] };
    events.set(id, event);
    event.Attribute.push(own);
  }
  return [...events.values()].map(({ Event, Attribute }) => toCoreFormat({ Event: { ...Event, Attribute } }));
}
