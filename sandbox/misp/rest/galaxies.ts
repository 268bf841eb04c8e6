import { deny, notFound } from './answers';
import { NO_PERMISSION } from './permissions';
import type { Resource } from './router';
import { addTag, hasTag } from './tag-objects';
import { touch } from './touch';
import { without } from './values';

/** `galaxies/...` (recordings: test/fixtures/rest/galaxies-*.json). */
export const galaxies: Resource = {
  index: {
    run: (_request, misp) => ({
      status: 200,
      body: misp.collections.galaxies.map(({ Galaxy }) => ({ Galaxy })),
    }),
  },
  view: {
    run: ({ args: [id], url }, misp) => {
      const found = misp.collections.galaxies.find(({ Galaxy }) => Galaxy.id === id || Galaxy.uuid === id);
      return found ? { status: 200, body: found } : notFound('Galaxy not found.', url);
    },
  },
  update: {
    post: true,
    run: ({ user, url }, misp) => {
      if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
      misp.countryGalaxy = true;
      const message = 'Galaxies updated.';
      const body = { saved: true, success: true, name: message, message, url: '/galaxies/update' };
      return { status: 200, body };
    },
  },
  attachCluster: {
    post: true,
    run: ({ args: [id = '', scope], named, body, user, url }, misp) => {
      if (!user.Role.perm_tagger) return deny(NO_PERMISSION, url);
      const { Galaxy } = (body ?? {}) as { Galaxy?: { target_id?: unknown } };
      const cluster = misp.collections.galaxies
        .flatMap(({ GalaxyCluster }) => GalaxyCluster)
        .find((entry) => entry.id === String(Galaxy?.target_id));
      const event = scope === 'event' ? misp.event(id) : misp.items.attribute(id)?.event;
      const holder = scope === 'event' ? event : misp.items.attribute(id)?.attribute;
      if (!event || !holder) return notFound(`Invalid ${scope}.`, url);
      if (!cluster) return notFound('Invalid Galaxy cluster', url);
      const tag = misp.tags.make(cluster.tag_name, { is_galaxy: true });
      if (hasTag(holder, tag)) return saved('Cluster already attached.');
      addTag(holder, tag, named.local === '1');
      if (named.local !== '1') touch(event);
      return saved('Cluster attached.');
    },
  },
};

const saved = (success: string) => ({ status: 200, body: { saved: true, success, check_publish: true } });

/** `galaxy_clusters/index/GALAXY` (recording: test/fixtures/rest/galaxy_clusters-index.json). */
export const galaxyClusters: Resource = {
  index: {
    run: ({ args: [id] }, misp) => {
      const found = misp.collections.galaxies.find(({ Galaxy }) => Galaxy.id === id || Galaxy.uuid === id);
      const clusters = found?.GalaxyCluster ?? [];
      return {
        status: 200,
        body: clusters.map((cluster) => ({ GalaxyCluster: without(cluster, 'GalaxyElement') })),
      };
    },
  },
};
