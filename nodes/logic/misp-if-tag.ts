import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { presentTags, tagIf, type TagIfParams } from '../../src/logic/tag-if';
import { defineLogic } from './define-logic';

const TAG_IF = {
  module: 'tag-if',
  beyond: { scope: ['event_report', 'inherited_report'] },
  params: {
    scope: 'scope',
    condition: 'condition',
    tags: { setting: 'tags', form: 'list' },
    clusters: { setting: 'clusters', form: 'list' },
  },
} as const satisfies ModuleMapping;

export default defineLogic(
  {
    type: 'misp-if-tag',
    modules: [TAG_IF],
    version: 2,
    migrations: [{ from: 1 }],
    attributesWhen: { scope: ['attribute', 'event_attribute'] },
    labelBy: 'condition',
    fields: {
      scope: {
        kind: 'select',
        default: 'event',
        options: ['event', 'attribute', 'event_attribute', 'event_report', 'inherited_report'],
      },
      condition: {
        kind: 'select',
        default: 'in_or',
        options: ['in_or', 'in_and', 'not_in_or', 'not_in_and'],
      },
      tags: { kind: 'picker', source: 'tags', default: [], required: true, orElse: ['clusters'] },
      clusters: { kind: 'picker', source: 'clusters', default: [] },
    },
  },
  (config) => {
    const params = writeParams<TagIfParams>(TAG_IF, config);
    return {
      reads: { tags: true, reports: config.scope.endsWith('report') },
      decide: (data) => tagIf(params, data),
      lookAt: (data) => presentTags(params, data),
    };
  },
);
