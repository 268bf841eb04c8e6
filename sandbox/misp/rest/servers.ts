import type { Resource } from './router';
import { getSetting, getWorkers, serverSettings, serverSettingsEdit } from './server-settings';

/** `servers/...` (recordings: test/fixtures/rest/servers-*.json). */
export const servers: Resource = {
  getSetting: { run: getSetting },
  getWorkers: { run: getWorkers },
  serverSettings: { run: serverSettings },
  serverSettingsEdit: { run: serverSettingsEdit },
  getVersion: {
    run: ({ user: { Role } }, misp) => ({
      status: 200,
      body: {
        version: misp.version,
        pymisp_recommended_version: misp.version,
        perm_sync: Role.perm_sync,
        perm_sighting: Role.perm_sighting,
        perm_galaxy_editor: Role.perm_galaxy_editor,
        perm_analyst_data: Role.perm_analyst_data,
        uuid: '5d0f1c2a-7a3e-4c1f-9b7d-0a6f2f1c9e11',
        request_encoding: ['gzip'],
        filter_sightings: true,
      },
    }),
  },
};
