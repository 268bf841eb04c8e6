import { textOf } from '../event/values';
import type { CallOptions, MispClient } from './client';
import { rows, saved } from './expected';

/** `misp-galaxy:country="belgium"`: the galaxy's type, and the cluster. */
const CLUSTER = /^misp-galaxy:([^=]+)="(.*)"$/i;

/** Whether a tag stands for a galaxy cluster. */
export function isClusterTag(name: string): boolean {
  return CLUSTER.test(name);
}

/**
 * The ids of galaxy clusters by the names of their tags, in lower case (`galaxies/index`, `galaxy_clusters/index`).
 * MISP has a tag for a cluster only once it was attached somewhere. Clusters that no galaxy has are missing.
 */
export async function clusterIds(
  client: MispClient,
  tags: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const galaxies = await client.get('/galaxies/index', signal, rows('Galaxy'));
  const found = new Map<string, string>();
  for (const tag of tags) {
    const [, type = '', value = ''] = CLUSTER.exec(tag) ?? [];
    const galaxy = galaxies.find((row) => textOf(row.type).toLowerCase() === type.toLowerCase());
    if (!galaxy) continue;
    // A slash would end the parameter.
    const [part] = value.split('/', 1);
    const search = part ? `/searchall:${encodeURIComponent(part)}` : '';
    const path = `/galaxy_clusters/index/${encodeURIComponent(textOf(galaxy.id))}${search}`;
    const clusters = await client.get(path, signal, rows('GalaxyCluster'));
    const cluster = clusters.find((row) => textOf(row.tag_name).toLowerCase() === tag.toLowerCase());
    if (cluster) found.set(tag.toLowerCase(), textOf(cluster.id));
  }
  return found;
}

/** Attaches a cluster to one event or attribute (`galaxies/attachCluster`); MISP makes its tag. @param id a number */
export function attachCluster(
  client: MispClient,
  scope: 'event' | 'attribute',
  id: string,
  cluster: string,
  local: boolean,
  options: CallOptions = {},
): Promise<unknown> {
  const path = `/galaxies/attachCluster/${encodeURIComponent(id)}/${scope}/local:${local ? 1 : 0}`;
  const body = { Galaxy: { target_id: cluster } };
  return client.post(path, body, { ...options, repeatable: true, expect: saved() });
}
