import { entryOf } from './entry';
import type { Source } from './listed';

/** What a list is kept from, as a file has it: a first line about it, then one for each attribute. */
export interface SavedList {
  serial: number;
  sources: Iterable<[key: string, source: Source]>;
}

const VERSION = 1;

export function savedText({ serial, sources }: SavedList): string {
  let text = `${JSON.stringify({ version: VERSION, serial })}\n`;
  for (const [key, { at, values, off }] of sources)
    text += `${key}\t${at}\t${off ? '-' : '+'}\t${values.join('\t')}\n`;
  return text;
}

/** Reads such a file. A value that is none any more is left out. @returns nothing if it is no such file, or not whole */
export function readSaved(text: string): SavedList | undefined {
  const end = text.indexOf('\n');
  const serial = serialIn(text.slice(0, end));
  if (end < 0 || serial === undefined || !text.endsWith('\n')) return undefined;
  const sources: [string, Source][] = [];
  for (const line of text.slice(end + 1, -1).split('\n')) {
    if (line === '') continue;
    const [key, at, sign, ...given] = line.split('\t');
    const values = given.filter((value) => entryOf(value)?.value === value);
    if (values.length > 0 && Number(at) > 0)
      sources.push([key, { at: Number(at), values, ...(sign === '-' ? { off: true } : {}) }]);
  }
  return { serial, sources };
}

function serialIn(line: string): number | undefined {
  try {
    const { version, serial } = JSON.parse(line) as { version?: unknown; serial?: unknown };
    return version === VERSION && typeof serial === 'number' ? serial : undefined;
  } catch {
    return undefined;
  }
}
