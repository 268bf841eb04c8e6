/** What answers of MISP must be to be taken: said where a call is made, checked by the client. */
import { isSet } from '../event/flags';
import { isList, isRecord, textOf } from '../event/values';
import { text, type KeyOf, type Text } from '../text';

export type Json = Readonly<Record<string, unknown>>;

/** The things that have a name: `expected.<thing>` in the texts. */
export type Thing = KeyOf<never> extends infer K ? (K extends `expected.${infer T}` ? T : never) : never;

/** What a call must give. */
export interface Expected<T> {
  /** Its name in an error: MISP did not give ... */
  what: Text;
  /** What is made of the answer; nothing if it is not what was asked for. */
  read(data: unknown): T | undefined;
}

/** One thing in its frame: `{Event: {...}}`, with the id or uuid that was asked for. */
export function one(model: Thing, key?: string): Expected<Json> {
  return { what: nameOf(model, key), read: (data) => inFrame(data, model, key) };
}

/** The same, in its frame. */
export function framed<M extends Thing>(model: M, key?: string): Expected<Record<M, Json>> {
  return {
    what: nameOf(model, key),
    read: (data) => (inFrame(data, model, key) ? (data as Record<M, Json>) : undefined),
  };
}

function inFrame(data: unknown, model: Thing, key: string | undefined): Json | undefined {
  const found = isRecord(data) && Object.hasOwn(data, model) ? data[model] : undefined;
  return isRecord(found) && (key === undefined || hasKey(found, key)) ? found : undefined;
}

/** Whether a row is the one of an id or uuid. */
export function hasKey({ id, uuid }: Json, key: string): boolean {
  const wanted = key.toLowerCase();
  return textOf(id) === wanted || textOf(uuid).toLowerCase() === wanted;
}

/** A list of things, each in its frame: `[{Tag: {...}}, ...]`. Nothing but these. */
export function rows(model: Thing, fits: (row: Json) => boolean = () => true): Expected<Json[]> {
  return { what: listName(model), read: (data) => readRows(data, model, fits) };
}

/** The same below a name: `{response: [{Event: {...}}]}`. */
export function rowsIn(
  name: string,
  model: Thing,
  fits: (row: Json) => boolean = () => true,
): Expected<Json[]> {
  return {
    what: listName(model),
    read: (data) => (isRecord(data) ? readRows(data[name], model, fits) : undefined),
  };
}

function readRows(list: unknown, model: Thing, fits: (row: Json) => boolean): Json[] | undefined {
  if (!isList(list)) return undefined;
  const found = list.flatMap((row): Json[] => {
    const own = inFrame(row, model, undefined);
    return own ? [own] : [];
  });
  return found.length === list.length && found.every(fits) ? found : undefined;
}

/** A list of things without frames: `[{...}, ...]`. */
export function plainRows(model: Thing, fits: (row: Json) => boolean = () => true): Expected<Json[]> {
  return {
    what: listName(model),
    read: (data) =>
      isList(data) && data.every(isRecord) && (data as Json[]).every(fits) ? [...data] : undefined,
  };
}

/** An object that has these fields. */
export function fields<T extends object>(
  what: Thing,
  isThere: (data: Json) => boolean = () => true,
): Expected<T> {
  return {
    what: text(`expected.${what}`),
    read: (data) => (isRecord(data) && isThere(data) ? (data as T) : undefined),
  };
}

/** What MISP says when it has changed something, or has not. */
export interface Saved {
  saved: boolean;
  message: string;
  success: string;
  errors?: unknown;
}

/** That MISP has saved something, or in words why not. @param key id of the thing, where MISP repeats it */
export function saved(key?: string): Expected<Saved> {
  return {
    what: text('expected.saved'),
    read(data) {
      if (!isRecord(data)) return undefined;
      const { id, message, success, errors } = data;
      const isOther = key !== undefined && /^\d+$/.test(key) && textOf(id) !== '' && textOf(id) !== key;
      if (isOther || (!isSet(data.saved) && errors === undefined)) return undefined;
      return { saved: isSet(data.saved), message: wordsOf(message), success: wordsOf(success), errors };
    },
  };
}

/** That MISP says in words that it has done it. */
export function said(words: RegExp): Expected<string> {
  return {
    what: text('expected.saved'),
    read(data) {
      const message = isRecord(data) ? wordsOf(data.message) : '';
      return words.test(message) ? message : undefined;
    },
  };
}

const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a thing is called. @param key its id, uuid or name */
export function nameOf(model: Thing, key?: string): Text {
  const what = text(`expected.${model}`);
  return key === undefined ? what : text('expected.keyed', { what, key });
}

export const listName = (model: Thing): Text => text('expected.list', { what: nameOf(model) });
