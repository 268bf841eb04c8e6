import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import {
  COUNTRY_PATH,
  planAssignCountry,
  type AssignCountryParams,
  type Countries,
} from '../../src/actions/assign-country';
import { planCountryDetails, type CountryDetailsParams } from '../../src/actions/country-details';
import { clustersOf } from '../../src/misp/countries';
import { FILTER_FIELD, filterOf } from './parts/attribute-filter';
import { defineMispAction } from './parts/define-misp-action';

/** Galaxies change with MISP's updates only; a new deploy reads them anew as well. */
const KEPT_MS = 3_600_000;

const ASSIGN_COUNTRY = {
  module: 'assign_country',
  when: { tagWith: 'clusters' },
  params: {
    scope: 'scope',
    hash_path: 'hashPath',
    locality: 'locality',
    // Without a name it is the galaxy of countries.
    galaxy_name: { setting: 'galaxyName', default: '' },
    relationship_type: 'relationshipType',
  },
  filter: 'filter',
} as const satisfies ModuleMapping;

/** A module of newer MISPs. */
const DETAILS = {
  module: 'tag_country_asn_from_enrichment',
  when: { tagWith: 'details' },
  params: { locality: 'locality' },
  filter: 'filter',
} as const satisfies ModuleMapping;

export default defineMispAction(
  {
    type: 'misp-country',
    modules: [ASSIGN_COUNTRY, DETAILS],
    version: 1,
    attributesWhen: true,
    labelBy: 'tagWith',
    fields: {
      tagWith: { kind: 'select', default: 'clusters', options: ['clusters', 'details'], describe: true },
      scope: {
        kind: 'select',
        default: 'event',
        options: ['event', 'attribute'],
        when: { tagWith: 'clusters' },
      },
      hashPath: {
        kind: 'hashpath',
        default: COUNTRY_PATH,
        required: true,
        when: { tagWith: 'clusters' },
      },
      locality: { kind: 'select', default: 'local', options: ['local', 'global'], describe: true },
      galaxyName: { kind: 'text', default: 'country', advanced: true, when: { tagWith: 'clusters' } },
      relationshipType: { kind: 'text', default: '', when: { tagWith: 'clusters' } },
      ...FILTER_FIELD,
    },
  },
  (context) => {
    const { config } = context;
    const params = writeParams<AssignCountryParams>(ASSIGN_COUNTRY, config);
    const details = writeParams<CountryDetailsParams>(DETAILS, config);
    const filters = filterOf(config.filter);
    const galaxy = config.galaxyName.trim().replace(/^misp-galaxy:/i, '') || 'country';
    let known: { at: number; countries: Countries } | undefined;
    if (config.locality === 'global') context.setup('unpublishes', 'yellow', 'ring');
    return async (message, client) => {
      const { payload } = message;
      if (config.tagWith === 'details') return planCountryDetails(details, filters, payload);
      if (!known || Date.now() - known.at > KEPT_MS) {
        known = { at: Date.now(), countries: await clustersOf(client, galaxy) };
      }
      return planAssignCountry(params, filters, payload, known.countries);
    };
  },
);
