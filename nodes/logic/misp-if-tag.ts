import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { presentTags, tagIf, type TagIfParams } from '../../src/logic/tag-if';
import { defineLogic } from './define-logic';
import { TAG_FIELDS, TAG_PARAMS } from './tag-fields';

const TAG_IF = {
  module: 'tag-if',
  beyond: { scope: ['event_report', 'inherited_report'] },
  params: TAG_PARAMS,
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
      ...TAG_FIELDS,
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
