import type { Countries } from '../actions/assign-country';
import { textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { MispClient } from './client';
import { rows } from './expected';

/**
 * The clusters of a galaxy by their names in lower case (`galaxies/index`, `galaxy_clusters/index`).
 * @param galaxy its type, such as `country`
 * @throws {WorkflowError} if the MISP does not have that galaxy, or nothing in it
 */
export async function clustersOf(client: MispClient, galaxy: string): Promise<Countries> {
  const galaxies = await client.get('/galaxies/index', undefined, rows('Galaxy'));
  const row = galaxies.find(({ type }) => type === galaxy);
  if (!row) throw new WorkflowError('country.noGalaxy', { galaxy });
  const path = `/galaxy_clusters/index/${encodeURIComponent(textOf(row.id))}`;
  const clusters = await client.get(path, undefined, rows('GalaxyCluster'));
  if (clusters.length === 0) throw new WorkflowError('country.noClusters', { galaxy });
  return new Map(clusters.map(({ value, tag_name: tag }) => [textOf(value).toLowerCase(), textOf(tag)]));
}
