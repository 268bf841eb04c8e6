import type { Countries } from '../actions/assign-country';
import { isList, isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { MispClient } from './client';

/**
 * The clusters of a galaxy by their names in lower case (`galaxies/index`, `galaxy_clusters/index`).
 * @param galaxy its type, such as `country`
 * @throws {WorkflowError} if the MISP does not have that galaxy
 */
export async function clustersOf(client: MispClient, galaxy: string): Promise<Countries> {
  const galaxies = await client.get<unknown>('/galaxies/index');
  const row = rowsOf(galaxies, 'Galaxy').find(({ type }) => type === galaxy);
  if (!row) throw new WorkflowError('country.noGalaxy', { galaxy });
  const clusters = await client.get<unknown>(`/galaxy_clusters/index/${encodeURIComponent(textOf(row.id))}`);
  return new Map(
    rowsOf(clusters, 'GalaxyCluster').map(({ value, tag_name: tag }) => [
      textOf(value).toLowerCase(),
      textOf(tag),
    ]),
  );
}

function rowsOf(list: unknown, model: string): Readonly<Record<string, unknown>>[] {
  return isList(list)
    ? list.flatMap((row) => (isRecord(row) && isRecord(row[model]) ? [row[model]] : []))
    : [];
}
