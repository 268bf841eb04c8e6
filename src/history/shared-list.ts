import type { Place, Store } from '../store/store';
import type { RunRow } from './record';
import { isOlder, latestFirst } from './latest-first';
import type { RunFilter, RunLog } from './run-log';
import { rowFrom } from './stored-record';

/** So often the store is asked at most: what memory knows better may fit no more. */
const MOST_LOOKS = 5;

export interface SharedPart {
  /** The latest first. */
  rows: RunRow[];
  /** There are more that fit. */
  more: boolean;
  /** How many runs the store has; undefined if it does not answer. */
  stored: number | undefined;
}

/**
 * The runs that fit where several processes share a store: of memory those of this one, of the store those of all. Memory
 * knows better what it has.
 * @param before only those before this run; none if it is not known
 */
export async function listShared(
  log: RunLog,
  store: Store,
  filter: RunFilter,
  most: number,
  before?: string,
): Promise<SharedPart> {
  const from = before === undefined ? undefined : (log.get(before) ?? (await placeIn(store, before)));
  const own = before !== undefined && !from ? [] : log.latest(filter, most, from);
  const stored: RunRow[] = [];
  let [cursor, isFull, total]: [Place | undefined, boolean, number | undefined] = [from, false, undefined];
  const reached = (rows: RunRow[]) =>
    cursor && isFull ? rows.filter((row) => !isOlder(row, cursor!)) : rows;
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const isAsked = before === undefined || from !== undefined;
    const page = await store
      .list({ ...filter, older: cursor, most: isAsked ? most : 0 })
      .catch(() => undefined);
    total = page?.total ?? total;
    const living = new Set(page?.living);
    const rows = (page?.rows ?? []).map((json) => ({ json, place: JSON.parse(json) as Place }));
    for (const { json, place } of rows) {
      const row = log.get(place.run) ? undefined : rowFrom(json, living.has(place.run));
      if (row) stored.push(row);
    }
    isFull = isAsked && most > 0 && rows.length === most;
    if (!isFull) break;
    cursor = rows.at(-1)!.place;
    if (reached([...own, ...stored]).length >= most) break;
  }
  // What lies behind what the store was asked for may have others before it.
  const known = reached([...own, ...stored]).sort(latestFirst);
  const more = isFull || known.length > most || own.length === most;
  return { rows: known.slice(0, most), more: more && most > 0, stored: total };
}

async function placeIn(store: Store, run: string): Promise<Place | undefined> {
  const found = await store.get(run).catch(() => undefined);
  return found && { at: found.at, run };
}
