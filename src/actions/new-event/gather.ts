import { setImmediate } from 'node:timers/promises';
import { isList, isRecord, textOf } from '../../event/values';
import { errorSaying, saidBy, WorkflowError } from '../../text';
import {
  sameAttribute,
  sameObject,
  type NewAttribute,
  type NewObject,
  type NewReport,
} from '../add-to-event';
import type { AttributeTypes } from './attribute-types';
import { problemWith } from './check-attribute';
import { fieldOf, readAttribute, seenBy, uuidOf, type Reading } from './read-attribute';
import { isObject, readObject, type Templates } from './read-object';
import { RefusedRows, short } from './refused';

type Row = Readonly<Record<string, unknown>>;

/** What is to be saved of some data, each thing once, and what cannot be. */
export interface Gathered {
  attributes: NewAttribute[];
  objects: NewObject[];
  reports: NewReport[];
  refused: RefusedRows;
  /** Rows that say what another one has said. */
  repeated: number;
  /** Of each thing, by uuid, its row. */
  rows: ReadonlyMap<string, number>;
}

/** What rows are read with. */
export interface Knowledge {
  reading: Reading;
  types: AttributeTypes;
  templates: Templates;
}

/** MISP would take hours for more. */
export const MOST_ROWS = 100_000;
/** Other flows get their turn after so many. */
const ROWS_AT_A_TIME = 2000;
const LISTS = [
  ['attributes', 'Attribute'],
  ['objects', 'Object'],
  ['reports', 'EventReport'],
] as const;

/**
 * The rows of some data: a list; one row; the lines of a text but for those that are empty or begin with #; or lists by
 * name, as MISP has them in an event.
 * @throws {WorkflowError} if there are too many
 */
export function rowsOf(data: unknown): readonly unknown[] {
  const rows = listOf(data);
  if (rows.length > MOST_ROWS)
    throw new WorkflowError('newEvent.tooMany', { count: rows.length, most: MOST_ROWS });
  return rows;
}

function listOf(data: unknown): readonly unknown[] {
  if (isList(data)) return data;
  if (data === undefined || data === null) return [];
  if (typeof data === 'string') return data.split(/\r\n|\n|\r/).filter((line) => /^\s*[^\s#]/.test(line));
  if (!isRecord(data)) return [data];
  const holder = isRecord(data.Event) ? data.Event : data;
  const named = LISTS.filter((names) => names.some((name) => isList(holder[name])));
  // An object of MISP has a list of attributes, too.
  if (named.length === 0 || isObject(holder)) return [holder];
  return named.flatMap((names) => names.flatMap((name) => (isList(holder[name]) ? holder[name] : [])));
}

/** Reads rows; what is wrong with one keeps no other from being saved. */
export async function gather(rows: readonly unknown[], knowledge: Knowledge): Promise<Gathered> {
  const places = new Map<string, number>();
  const into: Gathered = {
    attributes: [],
    objects: [],
    reports: [],
    refused: new RefusedRows(),
    repeated: 0,
    rows: places,
  };
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    if (index % ROWS_AT_A_TIME === ROWS_AT_A_TIME - 1) await setImmediate();
    try {
      const { kind, thing, key } = read(row, knowledge);
      // A uuid of its own may be another's already.
      if (seen.has(key) || places.has(thing.uuid)) into.repeated += 1;
      else {
        (into[kind] as (typeof thing)[]).push(thing);
        places.set(thing.uuid, index + 1);
      }
      seen.add(key);
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      into.refused.add(index + 1, titleOf(row, knowledge.reading), saidBy(error));
    }
  }
  return into;
}

type Read =
  | { kind: 'attributes'; thing: NewAttribute; key: string }
  | { kind: 'objects'; thing: NewObject; key: string }
  | { kind: 'reports'; thing: NewReport; key: string };

function read(given: unknown, { reading, types, templates }: Knowledge): Read {
  const row: Row = isRecord(given) ? given : { [reading.columns.get('value') ?? 'value']: given };
  if (isObject(row)) {
    const thing = readObject(row, reading, templates, types);
    return { kind: 'objects', thing, key: `object ${sameObject(thing)}` };
  }
  if (fieldOf(row, 'value', reading) === undefined && Object.hasOwn(row, 'content')) {
    const thing = readReport(row);
    return { kind: 'reports', thing, key: `report ${JSON.stringify([thing.name, thing.content])}` };
  }
  if (fieldOf(row, 'value', reading) === undefined && row === given)
    throw new WorkflowError('newEvent.notRead', { keys: short(Object.keys(row).slice(0, 5).join(', ')) });
  const thing = readAttribute(row, reading);
  const problem = problemWith(thing, types);
  if (problem) throw errorSaying(problem);
  return { kind: 'attributes', thing, key: sameAttribute(thing) };
}

function readReport(row: Row): NewReport {
  const { name, content, uuid } = row;
  if (typeof name !== 'string' || typeof content !== 'string' || name.trim() === '' || content === '')
    throw new WorkflowError('newEvent.noReport');
  return { uuid: uuidOf(uuid), name, content, ...seenBy((field) => row[field]) };
}

/** What a row is called where it is named. */
function titleOf(given: unknown, reading: Reading): string {
  if (!isRecord(given)) return textOf(given);
  const names = [fieldOf(given, 'type', reading), fieldOf(given, 'value', reading), given.name].map(textOf);
  const title = names.filter((name) => name !== '').join(' ');
  return title === '' ? Object.keys(given).slice(0, 5).join(', ') : title;
}
