import type { Fields } from '../definition';

/** What is compared with what a path finds: of MISP's generic-if and generic-filter-data. */
export const VALUE_FIELDS = {
  operator: {
    kind: 'select',
    default: 'in',
    options: ['in', 'not_in', 'equals', 'not_equals', 'any_value', 'in_or'],
  },
  value: {
    kind: 'text',
    default: '',
    required: true,
    when: { operator: ['in', 'not_in', 'equals', 'not_equals'] },
  },
  value_list: { kind: 'list', default: [], required: true, when: { operator: 'in_or' } },
} as const satisfies Fields;
