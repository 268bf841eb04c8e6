import { USERS } from '../users';
import { deny, notFound } from './answers';
import { limits, page } from './paging';
import { NO_PERMISSION } from './permissions';
import type { Resource } from './router';
import { textOf, without } from './values';

/** `organisations/...`: the local ones, unless `scope:all` or `scope:external`. */
export const organisations: Resource = {
  index: {
    run: ({ named }, misp) => {
      const scope = named.scope ?? 'local';
      const part = (named.searchall ?? '').toLowerCase();
      const list = misp.collections.organisations.filter(
        ({ local, name }) =>
          (scope === 'all' || local === (scope === 'local')) && textOf(name).toLowerCase().includes(part),
      );
      return { status: 200, body: list.map((Organisation) => ({ Organisation })) };
    },
  },
  view: {
    run: ({ args: [key], url }, misp) => {
      const found = misp.collections.organisations.find(({ id, uuid, name }) =>
        [id, uuid, name].includes(key),
      );
      return found ? { status: 200, body: { Organisation: found } } : notFound('Invalid organisation', url);
    },
  },
};

/** `sharing_groups/...` (recordings: test/fixtures/rest/sharingGroups-*.json). */
export const sharingGroups: Resource = {
  index: {
    run: (_request, misp) => {
      const response = misp.collections.sharingGroups.map((row) => {
        const { id, uuid, name, description, releasability, local, active, roaming } = row.SharingGroup;
        const { id: orgId, name: orgName, uuid: orgUuid } = row.Organisation;
        return {
          SharingGroup: {
            ...{ id, uuid, name, description, releasability, local, active, roaming },
            org_count: String(row.SharingGroupOrg.length),
          },
          Organisation: { id: orgId, name: orgName, uuid: orgUuid },
          SharingGroupOrg: row.SharingGroupOrg.map(({ Organisation, ...rest }) => ({
            ...rest,
            Organisation: { name: Organisation.name, id: Organisation.id, uuid: Organisation.uuid },
          })),
          SharingGroupServer: row.SharingGroupServer.map(({ all_orgs, server_id, sharing_group_id }) => ({
            ...{ all_orgs, server_id, sharing_group_id },
            Server: [],
          })),
          editable: true,
          deletable: true,
        };
      });
      return { status: 200, body: { response } };
    },
  },
  view: {
    run: ({ args: [key], url }, misp) => {
      const found = misp.collections.sharingGroups.find(
        ({ SharingGroup: { id, uuid } }) => id === key || uuid === key,
      );
      return found ? { status: 200, body: found } : notFound('Invalid sharing group', url);
    },
  },
};

/** `decayingModel/...` (recordings: test/fixtures/rest/decayingModel-*.json). */
export const decayingModels: Resource = {
  index: {
    run: (_request, misp) => ({
      status: 200,
      body: misp.collections.decayingModels.map(({ DecayingModel }) => {
        return { DecayingModel: without(DecayingModel, 'isEditable'), DecayingModelMapping: [] };
      }),
    }),
  },
  view: {
    run: ({ args: [key], url }, misp) => {
      const found = misp.collections.decayingModels.find(({ DecayingModel: { id } }) => id === key);
      return found
        ? { status: 200, body: found }
        : notFound('No Decaying Model with the provided ID exists', url);
    },
  },
  enable: {
    post: true,
    run: ({ args: [key = ''], user, url }, misp) => {
      const found = misp.collections.decayingModels.find(({ DecayingModel: { id } }) => id === key);
      if (!user.Role.perm_decaying) return deny(NO_PERMISSION, url);
      if (!found) return notFound('No Decaying Model with the provided ID exists', url);
      const before = structuredClone(found);
      found.DecayingModel.enabled = true;
      const message = 'Decaying model enabled';
      const address = `/decaying_models/enable/${key}`;
      return {
        status: 200,
        body: { saved: true, success: true, name: message, message, url: address, data: before, id: key },
      };
    },
  },
};

/** `jobs/index`, the latest first (recording: test/fixtures/rest/jobs-index.json). */
export const jobs: Resource = {
  index: {
    run: (request, misp) => {
      if (!request.user.Role.perm_site_admin) return deny(NO_PERMISSION, request.url);
      const rows = [...misp.jobs].reverse().map((job) => ({
        Job: {
          ...{ id: job.id, worker: job.worker, job_type: job.job_type, job_input: job.job_input },
          ...{ status: job.status, retries: '0', message: job.message, progress: job.progress },
          ...{ org_id: '1', process_id: `process-${job.id}` },
          ...{ date_created: STARTED, date_modified: STARTED },
          job_status: job.status === '4' ? 'Completed' : 'Running',
          ...{ failed: false, worker_status: true },
        },
        Org: { id: '1', name: 'EXAMPLE-CERT', uuid: 'f73160c4-e3ff-4dee-a619-8bb4321f3965' },
      }));
      return { status: 200, body: page(rows, limits(request)) };
    },
  },
};

const STARTED = '2026-11-23 00:26:01';

/** `admin/users`: all users, for admins (recording: test/fixtures/rest/admin-users.json). */
export const admin: Resource = {
  users: {
    run: ({ user, url }) => {
      if (!user.Role.perm_admin && !user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
      const seen = USERS.filter(({ User }) => user.Role.perm_site_admin || User.org_id === user.User.org_id);
      return { status: 200, body: seen.map(userRow) };
    },
  },
};

function userRow({ User, Role, Organisation }: (typeof USERS)[number]): object {
  const { id, org_id, email, autoalert, authkey, invited_by, gpgkey, certif_public, nids_sid } = User;
  const { termsaccepted, newsread, role_id, change_pw, contactalert, disabled, expiration } = User;
  const { current_login, last_login, last_api_access, force_logout, date_created, date_modified } = User;
  return {
    User: {
      ...{ id, org_id, server_id: '0', email, autoalert, authkey, invited_by, gpgkey, certif_public },
      ...{ nids_sid, termsaccepted, newsread, role_id, change_pw, contactalert, disabled, expiration },
      ...{ current_login, last_login, last_api_access, force_logout, date_created, date_modified },
      last_pw_change: User.last_pw_change,
    },
    Role: {
      ...{ id: Role.id, name: Role.name, perm_auth: Role.perm_auth },
      ...{ perm_site_admin: Role.perm_site_admin, perm_admin: Role.perm_admin },
    },
    Organisation: { id: Organisation.id, name: Organisation.name },
  };
}
