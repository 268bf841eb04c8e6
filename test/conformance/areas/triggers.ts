/** Data entering a workflow. */
import { triggerById } from '../../../src/triggers/triggers';
import { convert } from '../misp/convert';
import type { Database } from '../misp/convert';
import { normalizeData } from '../misp/normalize';
import { tagAttached } from '../misp/tag-attached';
import { textOf } from '../../../src/event/values';
import type { JsonObject } from '../vectors';
import type { Adapter } from './index';

export const adapters: Record<string, Adapter> = {
  'format-converter': ({ data, scope, env }) =>
    convert(data as JsonObject, (env ?? {}) as Database, scope as string | undefined),
  triggers: ({ trigger, fn, params, data, env }) =>
    fn === 'exec'
      ? { result: tagAttached(params as JsonObject, data as JsonObject), errors: [] }
      : normalizeData(textOf(trigger), data as JsonObject, (env ?? {}) as Database),
  'trigger-flags': ({ trigger }) => flags(textOf(trigger)),
};

/** What a trigger is about, where its name does not say it. */
const scopes = new Map([
  ['enrichment-before-query', 'others'],
  ['tag-attached-after-save', 'tag'],
]);

function flags(id: string): object {
  const trigger = triggerById(id);
  return {
    blocking: trigger?.blocking,
    misp_core_format: trigger?.coreFormat,
    scope: scopes.get(id) ?? id.replace(/-(?:before|after)-.*|-publish$/, ''),
    for_path: trigger?.blocking ? 'blocking' : 'non-blocking',
  };
}
