import { entryOf } from './entry';
import type { Source } from './listed';

/**
 * What a list is kept from, as a file has it: a first line, then blocks of lines, one for each attribute. Each block is
 * ended by a line about the list. What changes is written behind it; what stands behind the last end was not written to
 * its end, and is no part of it.
 */
export interface SavedList {
  serial: number;
  sources: ReadonlyMap<string, Source>;
  /** Changes may be written behind it as it is. */
  goesOn: boolean;
}

const HEAD = '{"version":2}';
/** Of before: the line about the list is the first, and all was written at once. */
const OLD_VERSION = 1;

/** What changes; nothing in place of an attribute that goes. */
export type Changes = Iterable<[key: string, source: Source | undefined]>;

/** A file of one block. */
export const savedText = (changes: Changes, serial: number): string => `${HEAD}\n${blockOf(changes, serial)}`;

/** A block, to be written behind what is there. */
export function blockOf(changes: Changes, serial: number): string {
  let text = '';
  for (const [key, source] of changes)
    text += source
      ? `${key}\t${source.at}\t${source.off ? '-' : '+'}\t${source.values.join('\t')}\n`
      : `${key}\t\n`;
  return `${text}${JSON.stringify({ serial })}\n`;
}

/** Reads such a file. A value that is none any more is left out. @returns nothing if it is no such file, or not whole */
export function readSaved(text: string): SavedList | undefined {
  const [head, ...lines] = text.split('\n');
  // What has no end of line was not written to its end.
  const isTorn = lines.pop() !== '';
  if (head !== HEAD) return isTorn ? undefined : readOld(head, lines);
  const last = lines.findLastIndex((line) => numbersIn(line)?.serial !== undefined);
  const serial = numbersIn(lines[last])?.serial;
  if (serial === undefined) return undefined;
  return { serial, sources: read(lines.slice(0, last)), goesOn: !isTorn && last === lines.length - 1 };
}

function readOld(head: string, lines: readonly string[]): SavedList | undefined {
  const { version, serial } = numbersIn(head) ?? {};
  if (version !== OLD_VERSION || serial === undefined) return undefined;
  return { serial, sources: read(lines), goesOn: false };
}

function read(lines: readonly string[]): Map<string, Source> {
  const sources = new Map<string, Source>();
  for (const line of lines) {
    if (line === '' || line.startsWith('{')) continue;
    const [key, at, sign, ...given] = line.split('\t');
    const values = given.filter((value) => entryOf(value)?.value === value);
    if (values.length > 0 && Number(at) > 0)
      sources.set(key, { at: Number(at), values, ...(sign === '-' ? { off: true } : {}) });
    else sources.delete(key);
  }
  return sources;
}

/** The numbers of a line about the list; a line of an attribute begins otherwise. */
function numbersIn(line = ''): { version?: number; serial?: number } | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const told = JSON.parse(line) as Record<string, unknown>;
    const number = (name: string) => (typeof told[name] === 'number' ? told[name] : undefined);
    return { version: number('version'), serial: number('serial') };
  } catch {
    return undefined;
  }
}
