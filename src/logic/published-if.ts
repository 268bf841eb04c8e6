import { get } from '../event/hash';
import { isEmpty } from '../event/values';

/** The parameters of MISP's module `published-if`. */
export interface PublishedIfParams {
  /** `equals`: is published, `not_equals`: is not. */
  condition?: string;
}

/** Whether the event is published, or is not. A missing flag, and the text "false", mean that it is not. */
export function publishedIf(params: PublishedIfParams, data: unknown): boolean {
  const { condition = 'equals' } = params;
  const flag = get(data, 'Event.published');
  const published = !isEmpty(flag) && flag !== 'false';
  return (condition === 'equals' && published) || (condition === 'not_equals' && !published);
}
