import { titleOf, type NewAttribute, type NewObject, type NewReport } from '../../actions/add-to-event';
import { uuidKey } from '../../event/same';
import { isList, isRecord } from '../../event/values';
import { text, WorkflowError, type Said } from '../../text';
import type { SavedThing } from '../../actions/plan';
import { getEvent } from '../events';
import type { Json } from '../expected';
import type { Context, Failure } from './context';

type Thing = NewAttribute | NewObject | NewReport;

/** Things of one call that failed: MISP may have taken some of them. */
export interface Lost {
  portion: readonly Thing[];
  problem: Said;
}

/**
 * Looks what an event has of things whose calls failed. What is there counts as added; that a call failed is said all
 * the same. If MISP cannot be asked, all of them have failed.
 */
export async function lookForLost(
  context: Context,
  key: string,
  lost: readonly Lost[],
): Promise<{ added: number; failures: Failure[] }> {
  const there = await thingsThere(context, key);
  let added = 0;
  const failures = lost.flatMap(({ portion, problem }): Failure[] => {
    const isThere = ({ uuid }: Thing) => there.has(uuidKey(uuid));
    const found = portion.filter(isThere);
    added += found.length;
    for (const { uuid } of found) {
      const { kind, row } = there.get(uuidKey(uuid)) as Found;
      context.saved(kind, row, 'new');
    }
    const missing = portion.filter((thing) => !isThere(thing));
    const each = missing.map((thing): Failure => {
      return { item: thing.uuid, problem: text('enrich.refused', { what: titleOf(thing), problem }) };
    });
    if (found.length === 0) return each;
    const [count, total] = [found.length, portion.length];
    return [{ problem: text('newEvent.answerLost', { problem, count, total }) }, ...each];
  });
  return { added, failures };
}

interface Found {
  kind: SavedThing;
  row: Json;
}

const LISTS: readonly [name: string, kind: SavedThing][] = [
  ['Attribute', 'attribute'],
  ['Object', 'object'],
  ['EventReport', 'event-report'],
];

/** By uuid; nothing if MISP does not answer. */
async function thingsThere({ client, signal }: Context, key: string): Promise<ReadonlyMap<string, Found>> {
  try {
    const { Event: event } = await getEvent(client, key, signal);
    return new Map(
      LISTS.flatMap(([name, kind]) => {
        const list = event[name];
        const rows: Json[] = isList(list) ? list.filter(isRecord) : [];
        return rows.map((row): [string, Found] => [uuidKey(row.uuid), { kind, row }]);
      }),
    );
  } catch (error) {
    if (error instanceof WorkflowError) return new Map();
    throw error;
  }
}
