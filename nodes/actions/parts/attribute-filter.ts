import type { SavedFilters } from '../../../src/event/saved-filters';
import type { Fields, NodeFilter } from '../../definition';

/** MISP's filter of an action. */
export const FILTER_FIELD = {
  filter: { kind: 'filter', default: { selector: '', value: '', operator: '', path: '' } },
} as const satisfies Fields;

/** The filter as the actions take it: an operator alone, as a form may leave it, is no filter. */
export function filterOf({ selector, value, operator, path }: NodeFilter): Partial<SavedFilters> {
  return selector === '' && value === '' && path === '' ? {} : { selector, value, operator, path };
}
