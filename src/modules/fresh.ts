import { randomUUID } from 'node:crypto';
import type { MispAttribute } from '../event/core';
import { isList, isRecord, textOf } from '../event/values';

type Json = Readonly<Record<string, unknown>>;

/** What an echoed attribute says of itself that belongs to another now. */
const OWN = ['id', 'event_id', 'object_id', 'object_relation', 'comment', 'to_ids', 'timestamp', 'category'];
const OTHERS_OWN = ['Tag', 'Galaxy', 'ShadowAttribute', '_allTags'];

/**
 * The answer of one attribute for another of the same type and value: things have uuids of their own, and what referred to
 * the one refers to the other. The answer is changed in place, so it must be nobody else's.
 */
export function answerFor<T>(answer: T, from: string, to: MispAttribute): T {
  const results = isRecord(answer) && 'results' in answer ? answer.results : answer;
  if (!isRecord(results)) return answer;
  const uuids = new Map([[from.toLowerCase(), textOf(to.uuid)]]);
  for (const thing of thingsIn(results)) {
    const uuid = textOf(thing.uuid).toLowerCase();
    if (uuid !== '' && !uuids.has(uuid)) uuids.set(uuid, randomUUID());
  }
  for (const echo of rowsOf(results.Attribute)) if (isSame(echo, from)) takeOver(echo, to);
  rename(answer, uuids);
  return answer;
}

/** Attributes, objects, their attributes and references, and reports. */
function thingsIn(results: Json): Json[] {
  const objects = rowsOf(results.Object);
  const inside = objects.flatMap(({ Attribute, ObjectReference }) => [
    ...rowsOf(Attribute),
    ...rowsOf(ObjectReference),
  ]);
  return [...rowsOf(results.Attribute), ...objects, ...inside, ...rowsOf(results.EventReport)];
}

/** The records of a list. */
export function rowsOf(list: unknown): Json[] {
  return isList(list) ? list.filter(isRecord) : [];
}

export function isSame({ uuid }: Json, other: string): boolean {
  return other !== '' && textOf(uuid).toLowerCase() === other.toLowerCase();
}

function takeOver(echo: Json, to: MispAttribute): void {
  const own = echo as Record<string, unknown>;
  const now = to as Record<string, unknown>;
  for (const name of OWN) if (name in own) own[name] = now[name] ?? null;
  for (const name of OTHERS_OWN) delete own[name];
}

/** Puts other uuids in the place of texts that are one, wherever they stand. */
function rename(value: unknown, uuids: ReadonlyMap<string, string>): void {
  if (isList(value)) {
    const list = value as unknown[];
    list.forEach((entry, index) => {
      if (typeof entry === 'string') list[index] = uuids.get(entry.toLowerCase()) ?? entry;
      else rename(entry, uuids);
    });
  } else if (isRecord(value)) {
    const record = value as Record<string, unknown>;
    for (const [name, entry] of Object.entries(record)) {
      if (typeof entry === 'string') record[name] = uuids.get(entry.toLowerCase()) ?? entry;
      else rename(entry, uuids);
    }
  }
}

/** A uuid of an answer if it is one, else a new one. */
export function uuidOf(uuid: unknown): string {
  const given = textOf(uuid).toLowerCase();
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(given) ? given : randomUUID();
}
