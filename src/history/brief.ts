import type { Hide } from './hidden';

/** Bounds of what is kept of one value. */
const MOST = { characters: 200, entries: 10, depth: 4, text: 1000 };

/** Parts of operations that hold the data of events by reference, or what nobody wants to read. */
const LEFT_OUT = new Set(['do', 'data', 'message', 'attachments', 'proposed']);

const asItIs: Hide = (text) => text;

/**
 * A value in JSON, cut to what a person reads; what refers to itself ends somewhere. Never fails.
 * @param hide what may be kept of the texts in it
 */
export function brief(value: unknown, hide = asItIs): string {
  const json = value === undefined ? '' : (JSON.stringify(cut(value, MOST.depth, hide)) ?? '');
  return json.length > MOST.text ? `${json.slice(0, MOST.text)}…` : json;
}

/** What an operation changes, in JSON, without what it only carries along. */
export function briefOperation(operation: object, hide = asItIs): string {
  return brief(Object.fromEntries(Object.entries(operation).filter(([name]) => !LEFT_OUT.has(name))), hide);
}

/** A text, cut. */
export function briefText(text: string, most = MOST.text): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function cut(value: unknown, depth: number, hide: Hide): unknown {
  // Before it is cut: a part of what is hidden would not be known any more.
  if (typeof value === 'string') return briefText(hide(value), MOST.characters);
  if (typeof value === 'number') return hide(String(value)) === String(value) ? value : hide(String(value));
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol')
    return `(${typeof value})`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return cutList(value, depth, hide);
  const names = Object.keys(value);
  const kept = names
    .slice(0, MOST.entries)
    .map((name) => [name, cut((value as Record<string, unknown>)[name], depth - 1, hide)]);
  return Object.fromEntries(
    names.length > MOST.entries ? [...kept, ['…', names.length - MOST.entries]] : kept,
  );
}

function cutList(list: readonly unknown[], depth: number, hide: Hide): unknown[] {
  const kept = list.slice(0, MOST.entries).map((entry) => cut(entry, depth - 1, hide));
  return list.length > MOST.entries ? [...kept, `… ${list.length - MOST.entries}`] : kept;
}
