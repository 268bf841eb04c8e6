import { WorkflowError } from '../text';
import type { Defaults } from './attribute';
import { readFound, type Found } from './found';

/** What a flow gives as its answer. */
export interface Given extends Defaults {
  found: unknown;
}

/** More than this MISP does not take at once. */
const MOST_BYTES = 50 * 1024 * 1024;

/**
 * Results in MISP's standard format: attributes, objects, reports and tags.
 * @throws {WorkflowError} that says what cannot be read
 */
export function standardResults({ found, ...defaults }: Given, asked?: string): object {
  const all = readFound(found, defaults, asked);
  const filled = Object.entries(all).filter(([, list]: [string, unknown[]]) => list.length > 0);
  return bounded({ results: filled.length > 0 ? Object.fromEntries<unknown>(filled) : [] });
}

/**
 * Results in MISP's older format, a list of values with their types.
 * @throws {WorkflowError} for what this format cannot carry
 */
export function plainResults({ found, ...defaults }: Given): object {
  const all: Found = readFound(found, defaults);
  const other = (['Object', 'EventReport', 'Tag'] as const).find((kind) => all[kind].length > 0);
  if (other || all.Attribute.some(({ Tag }) => Tag)) throw new WorkflowError('drawn.notPlain');
  const results = all.Attribute.map(({ type, value, category, comment, to_ids }) => ({
    types: [type],
    values: [value],
    ...(category ? { categories: [category] } : {}),
    ...(comment ? { comment } : {}),
    ...(to_ids === undefined ? {} : { to_ids }),
  }));
  return bounded({ results });
}

/**
 * A file: a text, bytes, a list of lines, or anything else as JSON.
 * @throws {WorkflowError} if there is none
 */
export function fileResult({ found }: Pick<Given, 'found'>): object {
  if (found === undefined || found === null) throw new WorkflowError('drawn.noFile');
  const bytes = Buffer.isBuffer(found) ? found : Buffer.from(fileText(found));
  return bounded({ data: bytes.toString('base64') });
}

function fileText(found: unknown): string {
  if (typeof found === 'string') return found;
  const isLines = Array.isArray(found) && found.every((line) => typeof line === 'string');
  if (isLines) return found.map((line) => `${line}\n`).join('');
  try {
    return JSON.stringify(found, null, 2);
  } catch {
    throw new WorkflowError('drawn.noFile');
  }
}

/** The very object, if its text is neither too long nor endless. */
export function bounded(result: object): object {
  let length: number;
  try {
    length = Buffer.byteLength(JSON.stringify(result));
  } catch {
    throw new WorkflowError('drawn.endless');
  }
  if (length > MOST_BYTES) throw new WorkflowError('drawn.tooLarge', { most: MOST_BYTES / 1024 / 1024 });
  return result;
}
