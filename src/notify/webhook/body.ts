import type { HttpRequest } from '../../actions/plan';
import { entryOf, isEntries, isList, keysOf, textOf } from '../../event/values';
import { toJson } from '../../http/json';

/** The content types of bodies. */
export const CONTENT_TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain;charset=utf-8',
  sequence: 'application/json',
} as const;

/** Deeper data is left out of forms. */
const MAX_DEPTH = 64;

/**
 * What is sent as the body; nothing if the request has none.
 * @throws {WorkflowError} if the data refers to itself
 */
export function encodeBody({ body }: HttpRequest): string | undefined {
  if (!body) return undefined;
  const { as, data } = body;
  if (as === 'json') return toJson(data);
  if (as === 'sequence') return (isList(data) ? data : [data]).map(toJson).join('\n');
  return as === 'form' && typeof data !== 'string' ? encodeForm(data) : textOf(data);
}

/**
 * Nested data as a form, as PHP writes it: `Event[Tag][0][name]=tlp%3Ared`. Empty lists and null are left out, true
 * and false are 1 and 0.
 */
export function encodeForm(data: unknown): string {
  const pairs: [string, string][] = [];
  collect('', data, pairs, 0);
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

function collect(name: string, value: unknown, pairs: [string, string][], depth: number): void {
  if (value === null || value === undefined || depth > MAX_DEPTH) return;
  if (!isEntries(value)) {
    pairs.push([name, typeof value === 'boolean' ? String(Number(value)) : textOf(value)]);
    return;
  }
  for (const key of keysOf(value)) {
    collect(name === '' ? key : `${name}[${key}]`, entryOf(value, key), pairs, depth + 1);
  }
}

function encode(text: string): string {
  return new URLSearchParams([[text, '']]).toString().slice(0, -1).replaceAll('*', '%2A');
}
