import { deny, notFound } from './answers';
import { texts } from './attribute-search';
import { NO_PERMISSION } from './permissions';
import type { Resource } from './router';

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** The organisation that runs the MISP. */
const HOST_ORG = '1';

/** `event_blocklists/...` (recordings: test/fixtures/rest/eventBlocklists-*.json). */
export const eventBlocklists: Resource = {
  index: {
    run: ({ user, url }, misp) => {
      if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
      return { status: 200, body: misp.collections.blocklist };
    },
  },
  delete: {
    post: true,
    run: ({ args: [key], user, url }, misp) => {
      if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
      const { blocklist } = misp.collections;
      const at = blocklist.findIndex(({ id, event_uuid }) => id === key || event_uuid === key);
      if (at < 0) return notFound('Invalid blocklist entry', url);
      blocklist.splice(at, 1);
      const message = 'Blocklist entry removed.';
      return { status: 200, body: { saved: true, success: true, name: message, message, url } };
    },
  },
  add: {
    post: true,
    run: ({ body, user, url }, misp) => {
      const { Role, Organisation } = user;
      const isOfHost = Role.perm_add && Organisation.id === HOST_ORG;
      if (!Role.perm_site_admin && !isOfHost) return deny(NO_PERMISSION, url);
      const { uuids, comment = '', event_info = '', event_orgc = '' } = body as Record<string, unknown>;
      const { blocklist } = misp.collections;
      const successes: string[] = [];
      const fails: string[] = [];
      for (const uuid of texts(uuids)) {
        if (!UUID.test(uuid) || blocklist.some(({ event_uuid }) => event_uuid === uuid)) fails.push(uuid);
        else {
          const created = new Date().toISOString().slice(0, 19).replace('T', ' ');
          const words = { event_info: String(event_info), comment: String(comment) };
          const id = String(blocklist.length + 1);
          blocklist.push({ id, event_uuid: uuid, created, ...words, event_orgc: String(event_orgc) });
          successes.push(uuid);
        }
      }
      const message =
        `Done. Added ${successes.length} new entries to the blocklist. ` +
        `${fails.length} entries could not be saved.`;
      return { status: 200, body: { result: { successes, fails }, message } };
    },
  },
};
