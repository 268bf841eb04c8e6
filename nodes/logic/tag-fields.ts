import type { Fields } from '../definition';

/** Which tags and clusters, and how many of them: of MISP's tag-if and filter-tag. */
export const TAG_FIELDS = {
  condition: {
    kind: 'select',
    default: 'in_or',
    options: ['in_or', 'in_and', 'not_in_or', 'not_in_and'],
  },
  tags: { kind: 'picker', source: 'tags', default: [], required: true, orElse: ['clusters'] },
  clusters: { kind: 'picker', source: 'clusters', default: [] },
} as const satisfies Fields;

/** The parameters that these settings are. */
export const TAG_PARAMS = {
  scope: 'scope',
  condition: 'condition',
  tags: { setting: 'tags', form: 'list' },
  clusters: { setting: 'clusters', form: 'list' },
} as const;
