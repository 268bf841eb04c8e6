import type { HandOn } from '../kinds/front';

type Json = Record<string, unknown>;

/** Settings and user do not leave this thread. */
const HIDDEN = new Set(['config', 'user']);

/** The query as it came, or with what a flow changed; the settings and the user are in it again. */
export function changedQuery(body: Uint8Array, { value, attribute }: HandOn): Uint8Array {
  if (value === undefined && attribute === undefined) return body;
  const query = read(body) ?? {};
  const before = isObject(query.attribute) ? query.attribute : undefined;
  if (before) {
    const changed = { ...before, ...attribute };
    if (value !== undefined && value !== before.value) Object.assign(changed, { value, value1: value });
    query.attribute = changed;
  } else if (value !== undefined) {
    const type = Object.keys(query).find((name) => typeof query[name] === 'string' && !KNOWN.has(name));
    if (type !== undefined) query[type] = value;
  }
  return Buffer.from(JSON.stringify(query));
}

const KNOWN = new Set(['module', 'event_id', 'attribute_uuid', 'data', 'filename', 'persistent']);

/** What a flow in front of a module gets of its answer; nothing if that is no object, such as a page of an error. */
export function withAnswer(module: string, asked: Uint8Array, answered: Uint8Array): Buffer | undefined {
  const answer = read(answered);
  if (!answer) return undefined;
  const query = Object.fromEntries(Object.entries(read(asked) ?? {}).filter(([name]) => !HIDDEN.has(name)));
  return Buffer.from(JSON.stringify({ module, query, answer }));
}

function read(bytes: Uint8Array): Json | undefined {
  try {
    const json = JSON.parse(Buffer.from(bytes).toString()) as unknown;
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
