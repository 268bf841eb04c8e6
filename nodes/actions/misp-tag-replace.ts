import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import {
  substituteCustom,
  substitutePap,
  substituteTlp,
  type Substitute,
} from '../../src/actions/tag-patterns';
import { planTagReplacement, type TagReplacementParams } from '../../src/actions/tag-replacement';
import { isRegex } from '../../src/event/regex';
import { isRecord } from '../../src/event/values';
import type { MispClient } from '../../src/misp/client';
import { eventTags } from '../../src/misp/event-parts';
import { WorkflowError } from '../../src/text';
import { eventKey } from '../../src/triggers/full-event';
import { FILTER_FIELD, filterOf } from './parts/attribute-filter';
import { defineMispAction } from './parts/define-misp-action';

/** What a replacement is told in MISP, whatever is replaced. */
const PARAMS = {
  scope: 'scope',
  remove_substituted: {
    setting: 'removeSubstituted',
    words: [
      ['no', 'no'],
      ['yes', 'yes'],
      ['1', 'no'],
    ],
  },
  locality: 'locality',
  relationship_type: 'relationshipType',
} as const;
const TLP = {
  module: 'tag_replacement_tlp',
  when: { taxonomy: 'tlp' },
  beyond: { locality: 'same' },
  set: { strict: 'loosen' },
  params: PARAMS,
  filter: 'filter',
} as const satisfies ModuleMapping;
const PAP = {
  module: 'tag_replacement_pap',
  when: { taxonomy: 'pap' },
  beyond: { locality: 'same' },
  params: PARAMS,
  filter: 'filter',
} as const satisfies ModuleMapping;

export default defineMispAction(
  {
    type: 'misp-tag-replace',
    modules: [TLP, PAP],
    version: 1,
    attributesWhen: { scope: ['attribute', 'all'], filter: 'path' },
    labelBy: 'taxonomy',
    fields: {
      taxonomy: { kind: 'select', default: 'tlp', options: ['tlp', 'pap', 'custom'], describe: true },
      pattern: { kind: 'text', default: '', required: true, when: { taxonomy: 'custom' } },
      substitution: { kind: 'text', default: '', when: { taxonomy: 'custom' } },
      strict: { kind: 'select', default: 'keep', options: ['keep', 'loosen'], when: { taxonomy: 'tlp' } },
      scope: { kind: 'select', default: 'event', options: ['event', 'attribute', 'all'] },
      removeSubstituted: { kind: 'select', default: 'no', options: ['no', 'yes'], describe: true },
      locality: { kind: 'select', default: 'local', options: ['local', 'global', 'same'] },
      relationshipType: { kind: 'text', default: '' },
      ...FILTER_FIELD,
    },
  },
  (context) => {
    const { config } = context;
    const substitute = substituteOf(config);
    const filters = filterOf(config.filter);
    const { scope, locality } = config;
    const params = writeParams<TagReplacementParams>(TLP, config);
    if (locality !== 'local') context.setup('unpublishes', 'yellow', 'ring');
    return async (message, client) => {
      const { payload } = message;
      if (scope !== 'attribute') await completeTags(client, payload);
      return planTagReplacement(params, substitute, filters, payload);
    };
  },
);

interface Choice {
  taxonomy: 'tlp' | 'pap' | 'custom';
  pattern: string;
  substitution: string;
  strict: 'keep' | 'loosen';
}

/** @throws {WorkflowError} if the pattern is missing or wrong */
function substituteOf({ taxonomy, pattern, substitution, strict }: Choice): Substitute {
  if (taxonomy === 'tlp') return substituteTlp(strict === 'loosen');
  if (taxonomy === 'pap') return substitutePap;
  if (pattern === '') throw new WorkflowError('replace.noPattern');
  if (!isRegex(pattern)) throw new WorkflowError('replace.badPattern', { pattern });
  // MISP writes groups as {{1}}: as it stands, $1 would become a tag of that name.
  if (/\$(?:\d|\{\w+\})/.test(substitution)) throw new WorkflowError('replace.dollarGroup', { substitution });
  return substituteCustom(pattern, substitution);
}

/** An event without the key `Tag` is untagged, or came without its tags: MISP knows. */
async function completeTags(client: MispClient, payload: unknown): Promise<void> {
  const event = isRecord(payload) ? (payload.Event as { Tag?: unknown } | undefined) : undefined;
  const key = eventKey(payload);
  if (isRecord(event) && event.Tag === undefined && key) event.Tag = await eventTags(client, key);
}
