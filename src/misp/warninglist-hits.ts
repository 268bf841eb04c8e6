import type { WarninglistHit } from '../actions/warninglist';
import type { MispClient } from './client';
import { valuesInWarninglist, warninglists, type WarninglistHit as Match } from './warninglists';

/** MISP compares all values of a call with all its lists: more at once would keep it busy too long. */
const VALUES_AT_ONCE = 1000;

/**
 * On which enabled warninglists values are, by value.
 * @throws {WorkflowError} if MISP does not answer
 */
export async function warninglistHits(
  client: MispClient,
  values: readonly string[],
): Promise<Map<string, WarninglistHit[]>> {
  const wanted = [...new Set(values)].filter((value) => value !== '');
  const matches: [string, Match[]][] = [];
  for (let from = 0; from < wanted.length; from += VALUES_AT_ONCE) {
    const some = wanted.slice(from, from + VALUES_AT_ONCE);
    matches.push(...(await valuesInWarninglist(client, some)));
  }
  if (matches.length === 0) return new Map();
  const categories = await categoriesOf(client);
  return new Map(
    matches.map(([value, lists]) => [
      value,
      lists.map(({ id, name, matched }) => ({
        id,
        name,
        match: matched,
        category: categories.get(id) ?? '',
      })),
    ]),
  );
}

/** What a list is about, by its id: false positives, or known good things. */
async function categoriesOf(client: MispClient): Promise<Map<string, string>> {
  return new Map((await warninglists(client, { enabled: true })).map(({ id, category }) => [id, category]));
}
