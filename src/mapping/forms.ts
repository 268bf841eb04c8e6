import { isEmpty, isEntries, valuesOf } from '../event/values';
import { readHeaders, writeHeaders } from './headers';

/** How a value is written otherwise in a setting than in MISP. */
interface Way {
  /** The setting for MISP's value; undefined if it is none that a setting can hold. */
  read(param: unknown): unknown;
  /** MISP's value for a setting; undefined if it is none. */
  write(setting: unknown): unknown;
}

const texts = (list: readonly unknown[]): string[] | undefined =>
  list.every((item) => typeof item === 'string' || typeof item === 'number') ? list.map(String) : undefined;

/** Nothing chosen is an empty text in MISP, or a list; its picker adds an empty entry. */
function readList(param: unknown): string[] | undefined {
  if (param === '') return [];
  return isEntries(param) ? texts(valuesOf(param)) : undefined;
}

const same = (value: unknown): unknown => value;

const FORMS = {
  /** A list of texts. */
  list: { read: readList, write: same },
  /** The same, where MISP also takes a single text; what PHP calls empty is none. */
  listOrOne: {
    read: (param) =>
      (isEmpty(param) ? [] : readList(param)) ?? (typeof param === 'object' ? undefined : texts([param])),
    write: same,
  },
  /** A list of one text at most, which MISP writes as the text itself. */
  one: {
    read: (param) => readList(param) ?? (typeof param === 'object' ? undefined : texts([param])),
    write: (setting) =>
      Array.isArray(setting) && setting.length === 1 ? (setting as unknown[])[0] : setting,
  },
  /** A number, which MISP keeps as text. */
  number: {
    read: (param) => (/^(?:0|[1-9]\d{0,8})$/.test(String(param)) ? Number(param) : undefined),
    write: (setting) => (typeof setting === 'number' ? String(setting) : undefined),
  },
  /** A text, which MISP may also keep as a number. */
  text: {
    read: (param) => (typeof param === 'string' ? param : texts([param])?.[0]),
    write: same,
  },
  /** Rows of name and value; in MISP one in a line, as `Name: value`. */
  headers: {
    read: (param) => (typeof param === 'string' ? readHeaders(param) : undefined),
    write: (setting) => (Array.isArray(setting) ? writeHeaders(setting as never[]) : undefined),
  },
} as const satisfies Record<string, Way>;

/** The name of a way to write a value. */
export type Form = keyof typeof FORMS;

/** How a form is read and written. */
export function wayOf(form: Form): Way {
  return FORMS[form];
}
