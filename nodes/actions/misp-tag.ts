import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { planTagOperation, type TagOperationParams } from '../../src/actions/tag-operation';
import { requireReports } from '../../src/actions/targets';
import { wholeOf } from '../../src/runs/message';
import { FILTER_FIELD, filterOf } from './parts/attribute-filter';
import { defineMispAction } from './parts/define-misp-action';

const TAG_OPERATION = {
  module: 'tag_operation',
  beyond: { scope: 'event-report', create: true },
  params: {
    scope: 'scope',
    action: 'action',
    locality: 'locality',
    tags: { setting: 'tags', form: 'listOrOne' },
    clusters: { setting: 'clusters', form: 'list' },
    relationship_type: 'relationshipType',
  },
  filter: 'filter',
} as const satisfies ModuleMapping;

export default defineMispAction(
  {
    type: 'misp-tag',
    modules: [TAG_OPERATION],
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
    const { create, tags } = config;
    const clusters = config.clusters.map((name) => name.replace(/^misp-galaxy:/i, ''));
    const params = { ...writeParams<TagOperationParams>(TAG_OPERATION, { ...config, clusters }), create };
    const filters = filterOf(config.filter);
    if (tags.length + clusters.length === 0) context.setup('noTags', 'yellow', 'ring');
    else if (config.locality !== 'local') context.setup('unpublishes', 'yellow', 'ring');
    return (message) => {
      const { payload } = message;
      if (config.scope === 'event-report') requireReports(payload, wholeOf(message));
      return planTagOperation(params, filters, payload);
    };
  },
);
