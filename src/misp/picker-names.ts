import { textOf } from '../event/values';
import type { MispClient } from './client';
import { one } from './expected';
import type { PickerItem, PickerSource } from './picker-item';
import { item, SEARCHES, tagItem } from './picker-sources';
import { remembered, type PickerAnswer } from './pickers';
import { searchTags } from './tags';

/** Values that are looked up at most; the rest of a long choice is shown as it is saved. */
const MOST_VALUES = 100;
/** Organisations are asked for one by one. */
const MOST_ORGANISATIONS = 20;

/**
 * The names, and colours, of values that were chosen in a picker. Those that MISP does not have are left out.
 * @throws {WorkflowError} if MISP does not answer, or the key may not see it
 */
export function namesOf(
  client: MispClient,
  source: PickerSource,
  values: readonly string[],
): Promise<PickerAnswer> {
  const wanted = [...new Set(values)].slice(0, MOST_VALUES);
  const key = `names of ${source} ${JSON.stringify(wanted)}`;
  return remembered(client, key, async () => ({
    items: await lookUp(client, source, wanted),
    more: wanted.length < values.length,
  }));
}

async function lookUp(
  client: MispClient,
  source: PickerSource,
  values: readonly string[],
): Promise<PickerItem[]> {
  // A cluster's value is its name.
  if (source === 'clusters' || values.length === 0) return [];
  if (source === 'tags') return (await searchTags(client, values)).map(tagItem);
  if (source === 'organisations') return organisationsOf(client, values);
  const all = await SEARCHES[source](client, '');
  return all.filter(({ value }) => values.includes(value));
}

/** Any MISP may have thousands of them, and its search finds no ids. */
async function organisationsOf(client: MispClient, values: readonly string[]): Promise<PickerItem[]> {
  const ids = values.filter((value) => /^\d+$/.test(value)).slice(0, MOST_ORGANISATIONS);
  const found = await Promise.allSettled(ids.map((id) => organisation(client, id)));
  return found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

async function organisation(client: MispClient, id: string): Promise<PickerItem> {
  const { name } = await client.get(`/organisations/view/${id}`, undefined, one('Organisation', id));
  return item(id, textOf(name));
}
