import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { attributesOf } from '../../src/actions/targets';
import { attachWarninglists, planAddToWarninglist } from '../../src/actions/warninglist';
import { textOf } from '../../src/event/values';
import { warninglistHits } from '../../src/misp/warninglist-hits';
import { FILTER_FIELD, filterOf } from './parts/attribute-filter';
import { defineMispAction } from './parts/define-misp-action';

const ATTACH = {
  module: 'attach-warninglist',
  when: { action: 'attach' },
  params: { warninglists: { setting: 'warninglists', form: 'listOrOne' } },
  filter: 'filter',
} as const satisfies ModuleMapping;
const ADD = {
  module: 'add_to_warninglist',
  when: { action: 'add' },
  params: { warninglist: { setting: 'warninglist', form: 'text' } },
  filter: 'filter',
} as const satisfies ModuleMapping;

export default defineMispAction(
  {
    type: 'misp-warninglist',
    modules: [ATTACH, ADD],
    version: 1,
    attributesWhen: true,
    labelBy: 'action',
    // Attaching, what it mostly does, only reads; adding is refused before a save all the same.
    writes: false,
    fields: {
      action: { kind: 'select', default: 'attach', options: ['attach', 'add'] },
      warninglists: {
        kind: 'picker',
        source: 'warninglists',
        default: ['ALL'],
        required: true,
        when: { action: 'attach' },
      },
      warninglist: { kind: 'text', default: '', required: true, when: { action: 'add' } },
      ...FILTER_FIELD,
    },
  },
  ({ config }) => {
    const filters = filterOf(config.filter);
    const { warninglists } = writeParams<{ warninglists: string[] }>(ATTACH, config);
    const { warninglist } = writeParams<{ warninglist: string }>(ADD, config);
    return async ({ payload }, client) => {
      if (config.action === 'add') return planAddToWarninglist(warninglist, filters, payload);
      const values = attributesOf(filters, payload).map(({ item }) => textOf(item.value));
      const hits = await warninglistHits(client, values);
      attachWarninglists(warninglists, filters, payload, () => hits);
      return [];
    };
  },
);
