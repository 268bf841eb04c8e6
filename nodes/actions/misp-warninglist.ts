import { attributesOf } from '../../src/actions/targets';
import { attachWarninglists, planAddToWarninglist } from '../../src/actions/warninglist';
import { textOf } from '../../src/event/values';
import { warninglistHits } from '../../src/misp/warninglist-hits';
import { FILTER_FIELD, filterOf } from './attribute-filter';
import { defineMispAction } from './define-misp-action';

export default defineMispAction(
  {
    type: 'misp-warninglist',
    modules: ['attach-warninglist', 'add_to_warninglist'],
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
    return async ({ payload }, client) => {
      if (config.action === 'add') return planAddToWarninglist(config.warninglist, filters, payload);
      const values = attributesOf(filters, payload).map(({ item }) => textOf(item.value));
      const hits = await warninglistHits(client, values);
      attachWarninglists(config.warninglists, filters, payload, () => hits);
      return [];
    };
  },
);
