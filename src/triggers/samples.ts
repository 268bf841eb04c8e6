import { relinkFlattened } from '../event/relink';
import samples from './samples.json';

/** Triggers that carry a whole event as `event-publish` does. */
const LIKE_PUBLISH = new Set([
  'event-after-save-new',
  'event-after-save-new-from-pull',
  'event-before-delete',
  'ad-hoc',
]);

/** What MISP sends for a trigger, as recorded and without secrets; the caller may change it. */
export function sampleData(trigger: string): unknown {
  const known: Record<string, unknown> = samples;
  const data = structuredClone(known[LIKE_PUBLISH.has(trigger) ? 'event-publish' : trigger]);
  relinkFlattened(data, false);
  return data;
}
