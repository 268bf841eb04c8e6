import { COUNTRY_PATH, planAssignCountry, type Countries } from '../../src/actions/assign-country';
import { clustersOf } from '../../src/misp/countries';
import { FILTER_FIELD, filterOf } from './attribute-filter';
import { defineMispAction } from './define-misp-action';

/** Galaxies change with MISP's updates only; a new deploy reads them anew as well. */
const KEPT_MS = 3_600_000;

export default defineMispAction(
  {
    type: 'misp-country',
    modules: ['assign_country'],
    version: 1,
    attributesWhen: true,
    labelBy: 'scope',
    fields: {
      scope: { kind: 'select', default: 'event', options: ['event', 'attribute'] },
      hashPath: { kind: 'hashpath', default: COUNTRY_PATH, required: true },
      locality: { kind: 'select', default: 'local', options: ['local', 'global'], describe: true },
      galaxyName: { kind: 'text', default: 'country', advanced: true },
      relationshipType: { kind: 'text', default: '' },
      ...FILTER_FIELD,
    },
  },
  (context) => {
    const { config } = context;
    const { scope, locality, hashPath: hash_path, relationshipType: relationship_type } = config;
    const filters = filterOf(config.filter);
    const galaxy = config.galaxyName.trim().replace(/^misp-galaxy:/i, '') || 'country';
    let known: { at: number; countries: Countries } | undefined;
    if (locality === 'global') context.setup('unpublishes', 'yellow', 'ring');
    return async (message, client) => {
      const { payload } = message;
      if (!known || Date.now() - known.at > KEPT_MS) {
        known = { at: Date.now(), countries: await clustersOf(client, galaxy) };
      }
      const params = { scope, locality, hash_path, relationship_type };
      return planAssignCountry(params, filters, payload, known.countries);
    };
  },
);
