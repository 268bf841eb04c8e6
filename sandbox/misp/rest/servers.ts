import type { Resource } from './router';

/** `servers/...` (recording: test/fixtures/rest/servers-getVersion.json). */
export const servers: Resource = {
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
