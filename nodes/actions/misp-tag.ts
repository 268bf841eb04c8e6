import { planTagOperation } from '../../src/actions/tag-operation';
import { requireReports } from '../../src/actions/targets';
import { wholeOf } from '../../src/runs/message';
import { FILTER_FIELD, filterOf } from './attribute-filter';
import { defineMispAction } from './define-misp-action';

export default defineMispAction(
  {
    type: 'misp-tag',
    modules: ['tag_operation'],
    version: 1,
    attributesWhen: { scope: ['attribute'], filter: 'path' },
    labelBy: 'action',
    fields: {
      action: { kind: 'select', default: 'add', options: ['add', 'remove'] },
      scope: { kind: 'select', default: 'event', options: ['event', 'attribute', 'event-report'] },
      locality: { kind: 'select', default: 'local', options: ['local', 'global', 'any'], describe: true },
      tags: { kind: 'picker', source: 'tags', default: [], required: true, orElse: ['clusters'] },
      clusters: { kind: 'picker', source: 'clusters', default: [] },
      relationshipType: { kind: 'text', default: '', when: { action: 'add' } },
      create: { kind: 'checkbox', default: false, when: { action: 'add' } },
      ...FILTER_FIELD,
    },
  },
  (context) => {
    const { config } = context;
    const { relationshipType: relationship_type, filter, clusters, ...chosen } = config;
    const params = { ...chosen, clusters: clusters.map((name) => name.replace(/^misp-galaxy:/i, '')) };
    const filters = filterOf(filter);
    const { tags } = config;
    if (tags.length + clusters.length === 0) context.setup('noTags', 'yellow', 'ring');
    else if (config.locality !== 'local') context.setup('unpublishes', 'yellow', 'ring');
    return (message) => {
      const { payload } = message;
      if (config.scope === 'event-report') requireReports(payload, wholeOf(message));
      return planTagOperation({ ...params, relationship_type }, filters, payload);
    };
  },
);
