import { toCoreFormat } from '../event/to-core';
import type { MispClient } from './client';

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
  let left = limit > 0 ? limit : Infinity;
  let before: unknown;
  for (let page = 1; left > 0; page++) {
    const paging = paged ? { limit: size, page } : {};
    const body = { returnFormat: 'json', ...conditions, ...paging };
    const { data, headers } = await client.ask('POST', path, body, signal);
    const rows = rowsOf(data);
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

/** The results of an answer: `{response: [..]}`, and for attributes `{response: {Attribute: [..]}}`. */
function rowsOf(data: unknown): Row[] {
  const { response } = (data ?? {}) as { response?: Row[] | { Attribute?: Row[] } };
  const rows = Array.isArray(response) ? response : response?.Attribute;
  return Array.isArray(rows) ? rows : [];
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
