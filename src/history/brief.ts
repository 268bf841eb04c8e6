/** Bounds of what is kept of one value. */
const MOST = { characters: 200, entries: 10, depth: 4, text: 1000 };

/** Parts of operations that hold the data of events by reference, or what nobody wants to read. */
const LEFT_OUT = new Set(['do', 'data', 'message', 'attachments', 'proposed']);

/** A value in JSON, cut to what a person reads; what refers to itself ends somewhere. Never fails. */
export function brief(value: unknown): string {
  const json = value === undefined ? '' : (JSON.stringify(cut(value, MOST.depth)) ?? '');
  return json.length > MOST.text ? `${json.slice(0, MOST.text)}…` : json;
}

/** What an operation changes, in JSON, without what it only carries along. */
export function briefOperation(operation: object): string {
  return brief(Object.fromEntries(Object.entries(operation).filter(([name]) => !LEFT_OUT.has(name))));
}

/** A text, cut. */
export function briefText(text: string, most = MOST.text): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function cut(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return briefText(value, MOST.characters);
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol')
    return `(${typeof value})`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return cutList(value, depth);
  const names = Object.keys(value);
  const kept = names
    .slice(0, MOST.entries)
    .map((name) => [name, cut((value as Record<string, unknown>)[name], depth - 1)]);
  return Object.fromEntries(
    names.length > MOST.entries ? [...kept, ['…', names.length - MOST.entries]] : kept,
  );
}

function cutList(list: readonly unknown[], depth: number): unknown[] {
  const kept = list.slice(0, MOST.entries).map((entry) => cut(entry, depth - 1));
  return list.length > MOST.entries ? [...kept, `… ${list.length - MOST.entries}`] : kept;
}
