import { isList, isRecord, textOf } from '../event/values';
import type { MispClient } from '../misp/client';
import { isEventKey } from '../misp/event-search';
import { eventHeads } from '../misp/events';
import { pageSizeFor, restSearch } from '../misp/rest-search';
import { WorkflowError } from '../text';
import type { ChosenEvent } from './report';

/** Which events a run is about: by id or uuid, or by what MISP finds. */
export type Choice = { events: string[] } | { search: Readonly<Record<string, unknown>> };

/** What was chosen, each event once; `missing` are ids and uuids that MISP does not show. */
export interface Chosen {
  events: ChosenEvent[];
  missing: string[];
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const PERIOD = /^\d{1,4}[smhdw]$/;
const SEARCHED = new Set(['info', 'tags', 'published', 'from', 'to', 'last']);

/**
 * The choice that somebody has made: `events` as a list or a text with ids and uuids, or `search`.
 * @throws {WorkflowError} if it is none: a run is never about all events by an oversight
 */
export function choiceOf({ events, search }: Readonly<Record<string, unknown>>): Choice {
  if (events !== undefined && events !== null && events !== '') return { events: keysIn(events) };
  if (!isRecord(search)) throw new WorkflowError('adHocRun.noEvents');
  return { search: conditionsOf(search) };
}

function keysIn(events: unknown): string[] {
  const list = isList(events) ? events.map(keyOf) : textOf(events).split(/[\s,;]+/);
  const keys = list.map((key) => key.trim()).filter((key) => key !== '');
  const odd = keys.find((key) => !isEventKey(key));
  if (odd !== undefined) throw new WorkflowError('adHocRun.noKey', { key: odd.slice(0, 60) });
  if (keys.length === 0) throw new WorkflowError('adHocRun.noEvents');
  return [...new Set(keys.map((key) => key.toLowerCase()))];
}

/** An event as a search gives it counts for its id. */
function keyOf(entry: unknown): string {
  const event = isRecord(entry) && isRecord(entry.Event) ? entry.Event : entry;
  const key = isRecord(event) ? textOf(event.uuid) || textOf(event.id) : textOf(event);
  return key || '?';
}

function conditionsOf(search: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const odd = Object.keys(search).find((name) => !SEARCHED.has(name));
  if (odd !== undefined) throw new WorkflowError('adHocRun.noCondition', { name: odd.slice(0, 60) });
  const text = (name: string) => textOf(search[name]).trim();
  const [info, from, to, last, published] = ['info', 'from', 'to', 'last', 'published'].map(text);
  for (const day of [from, to])
    if (day !== '' && !DAY.test(day)) throw new WorkflowError('adHocRun.noDay', { day: day.slice(0, 60) });
  if (last !== '' && !PERIOD.test(last))
    throw new WorkflowError('adHocRun.noPeriod', { period: last.slice(0, 60) });
  const tags = (isList(search.tags) ? search.tags.map(textOf) : text('tags').split(','))
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const found = {
    ...(info ? { eventinfo: `%${info}%` } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(last ? { last } : {}),
  };
  if (Object.keys(found).length === 0) throw new WorkflowError('adHocRun.noEvents');
  return published === 'yes' || published === 'no'
    ? { ...found, published: published === 'yes' ? 1 : 0 }
    : found;
}

/**
 * Looks up what was chosen, without the contents of the events.
 * @param most so many events are allowed
 * @throws {WorkflowError} if there are more: which ones would be left out, nobody could tell
 */
export async function chosenEvents(
  client: MispClient,
  choice: Choice,
  most: number,
  signal: AbortSignal,
): Promise<Chosen> {
  if ('search' in choice) return { events: await searched(client, choice.search, most, signal), missing: [] };
  const { events: keys } = choice;
  if (keys.length > most) throw new WorkflowError('adHocRun.tooMany', { most });
  const heads = await eventHeads(client, keys, signal);
  const found = keys.flatMap((key) => {
    const head = heads.get(key);
    return head ? [head.fields] : [];
  });
  return { events: eachOnce(found), missing: keys.filter((key) => !heads.has(key)) };
}

async function searched(
  client: MispClient,
  conditions: Readonly<Record<string, unknown>>,
  most: number,
  signal: AbortSignal,
): Promise<ChosenEvent[]> {
  const asked = { ...conditions, metadata: 1 };
  const pageSize = pageSizeFor('events', asked, 0);
  const rows: unknown[] = [];
  // One more than may be: then there are too many.
  for await (const page of restSearch(client, 'events', asked, { limit: most + 1, pageSize, signal }))
    rows.push(...page);
  if (rows.length > most) throw new WorkflowError('adHocRun.tooMany', { most });
  return eachOnce(rows.flatMap((row) => (isRecord(row) && isRecord(row.Event) ? [row.Event] : [])));
}

/** An event may be named by its id and by its uuid, or move from one page to the next while MISP searches. */
function eachOnce(rows: readonly Readonly<Record<string, unknown>>[]): ChosenEvent[] {
  const events = rows.map(({ id, uuid, info, date, Orgc }) => ({
    id: textOf(id),
    uuid: textOf(uuid).toLowerCase(),
    info: textOf(info).slice(0, 300),
    date: textOf(date),
    org: isRecord(Orgc) ? textOf(Orgc.name).slice(0, 100) : '',
  }));
  return [...new Map(events.map((event) => [event.uuid || event.id, event])).values()];
}
