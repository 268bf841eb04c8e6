/** Reading a folder of vectors: areas, and the events, graphs and environments that they name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** One input and MISP's answer. */
export interface Vector {
  id: string;
  area: string;
  input: JsonObject;
  expected: Json;
  /** What the folder's MISP has, whatever is asked. */
  fixtures?: JsonObject;
}

/** How the file of templates writes a vector. */
interface TemplateVector {
  id: string;
  tier: string;
  template: string;
  data: Json;
  expected?: string;
  throws?: boolean;
}

/** A patch as `["set" | "unset" | "push", [keys...], value]`. */
type Patch = [string, (string | number)[], Json];

const notAreas = new Set(['events.json', 'graphs.json', 'fixtures.json', 'areas.json']);

/** A folder in the format of the vectors' README. */
export class Folder {
  readonly #events: JsonObject;
  readonly #graphs: JsonObject;
  readonly #environments: JsonObject;
  /** `fixtures.json`. */
  readonly fixtures: JsonObject;

  constructor(readonly path: string) {
    this.#events = asObject(this.#read('events.json').events);
    this.#graphs = asObject(this.#read('graphs.json').graphs);
    this.fixtures = this.#read('fixtures.json');
    this.#environments = asObject(this.fixtures.environments);
  }

  /** The areas in the folder, by name; `jinja` is two. */
  areas(): string[] {
    const files = readdirSync(this.path).filter((name) => name.endsWith('.json') && !notAreas.has(name));
    const names = files.map((name) => name.slice(0, -'.json'.length));
    return names.flatMap((name) => (name === 'jinja' ? ['jinja.core', 'jinja.full'] : [name])).sort();
  }

  /** The vectors of an area, undefined if the folder does not have it. */
  vectors(area: string): Vector[] | undefined {
    const [file = area, tier] = area.split('.');
    if (!existsSync(join(this.path, `${file}.json`))) return undefined;
    const vectors = this.#read(`${file}.json`).vectors as unknown as (Vector | TemplateVector)[];
    const wanted = tier ? vectors.filter((vector) => 'tier' in vector && vector.tier === tier) : vectors;
    return wanted.map((vector) => ({ ...('template' in vector ? asVector(vector) : vector), area }));
  }

  /** The input with everything it refers to in place; what it does not change is shared, not copied. */
  resolve(value: Json): Json {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item));
    if (typeof value !== 'object' || value === null) return value;
    if (typeof value.$event === 'string') return this.#event(value);
    if (typeof value.$graph === 'string') return this.#graphs[value.$graph] ?? null;
    const { $env, ...own } = value;
    const base = typeof $env === 'string' ? asObject(this.#environments[$env]) : {};
    const resolved = Object.entries(own).map(([name, entry]): [string, Json] => [name, this.resolve(entry)]);
    return { ...base, ...Object.fromEntries(resolved) };
  }

  #event({ $event, form = 'core', patch = [] }: JsonObject): Json {
    const event = asObject(this.#events[$event as string])[form as string] ?? null;
    return (patch as unknown as Patch[]).reduce((data, step) => applyPatch(data, step), event);
  }

  #read(name: string): JsonObject {
    const file = join(this.path, name);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JsonObject) : {};
  }
}

function asVector({ id, template, data, expected }: TemplateVector): Omit<Vector, 'area'> {
  return { id, input: { template, data }, expected: expected ?? { throws: true } };
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** A changed copy; a list that loses an item becomes an object with the positions as names. */
function applyPatch(data: Json, [operation, keys, value]: Patch): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return operation === 'push' ? [...(data as Json[]), value] : value;
  const name = String(key);
  if (operation === 'unset' && rest.length === 0) return without(data, name);
  const entry = entryOf(data, name);
  if (operation === 'unset' && entry === undefined) return data;
  return withEntry(
    data,
    name,
    applyPatch(entry ?? (operation === 'push' && rest.length === 0 ? [] : {}), [operation, rest, value]),
  );
}

function entryOf(data: Json, name: string): Json | undefined {
  return typeof data === 'object' && data !== null ? (data as JsonObject)[name] : undefined;
}

function withEntry(data: Json, name: string, value: Json): Json {
  if (!Array.isArray(data)) return { ...asObject(data), [name]: value };
  if (Number(name) <= data.length && /^\d+$/.test(name)) return Object.assign([...data], { [name]: value });
  return { ...(data as unknown as JsonObject), [name]: value };
}

function without(data: Json, name: string): Json {
  if (Array.isArray(data) && Number(name) === data.length - 1) return data.slice(0, -1);
  const entries = Object.entries(data ?? {}) as [string, Json][];
  return Object.fromEntries(entries.filter(([entry]) => entry !== name));
}
