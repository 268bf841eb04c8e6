import { presentTags, tagIf } from '../../src/logic/tag-if';
import { defineLogic } from './define-logic';

export default defineLogic(
  {
    type: 'misp-if-tag',
    modules: ['tag-if'],
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
  (config) => ({
    reads: { tags: true, reports: config.scope.endsWith('report') },
    decide: (data) => tagIf(config, data),
    lookAt: (data) => presentTags(config, data),
  }),
);
