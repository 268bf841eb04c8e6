import type { MispClient } from './client';
import { addTag, searchTags } from './tags';

/** How long it is believed that a tag is there, in milliseconds. */
const FRESH_MS = 60_000;
const MOST_KNOWN = 10_000;

/** A tag as MISP has it. */
export interface KnownTag {
  id: string;
  name: string;
}

interface Known extends KnownTag {
  until: number;
}

/** What is known of the tags of each MISP. A tag that is missing is asked for again each time. */
const caches = new WeakMap<MispClient, Map<string, Known>>();

/**
 * Tags by their names in lower case; those that MISP does not have are missing. What was found is remembered for a
 * minute, the rest takes one search.
 */
export async function tagIds(
  client: MispClient,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, KnownTag>> {
  const cache = cacheOf(client);
  const now = Date.now();
  const wanted = [...new Set(names.map((name) => name.toLowerCase()))];
  const unknown = wanted.filter((name) => (cache.get(name)?.until ?? 0) < now);
  if (unknown.length > 0) {
    for (const { id, name } of await searchTags(client, unknown, signal))
      remember(client, name, { id, name });
  }
  const found = new Map<string, KnownTag>();
  for (const name of wanted) {
    const known = cache.get(name);
    if (known && known.until >= now) found.set(name, known);
  }
  return found;
}

/** Makes tags, and remembers them. */
export async function createTags(
  client: MispClient,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (const name of names) {
    const made = await addTag(client, name, signal);
    remember(client, name, made);
  }
}

function cacheOf(client: MispClient): Map<string, Known> {
  const cache = caches.get(client) ?? new Map<string, Known>();
  caches.set(client, cache);
  return cache;
}

function remember(client: MispClient, wanted: string, { id, name }: KnownTag): void {
  const cache = cacheOf(client);
  if (cache.size >= MOST_KNOWN) cache.clear();
  cache.set(wanted.toLowerCase(), { id, name, until: Date.now() + FRESH_MS });
}
