import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { ALL_ATTRIBUTES, getMatchingItemsForAttributes } from '../../src/event/saved-filters';
import { isRecord, valuesOf } from '../../src/event/values';
import { decayScores, modelIds } from '../../src/misp/decaying-models';
import { WorkflowError } from '../../src/text';
import { withAttributes } from '../../src/actions/targets';
import { eventKey } from '../../src/triggers/full-event';
import { wholeOf } from '../../src/runs/message';
import { FILTER_FIELD, filterOf } from './parts/attribute-filter';
import { defineReading } from './parts/define-reading';

/** What the first version took for a filter that leaves nothing: an operator alone, which now is no filter. */
const OPERATOR_ALONE = ['in', 'not_in', 'equals', 'not_equals', 'any_value'].map((operator) =>
  JSON.stringify({ operator, path: '', selector: '', value: '' }),
);
/** Attributes without a uuid: there are none. */
const NONE = { selector: ALL_ATTRIBUTES, value: '', operator: 'equals', path: 'uuid' };

const DECAY_SCORE = {
  module: 'attach-decay-score',
  params: { decayingmodels: { setting: 'models', form: 'listOrOne' } },
  filter: 'filter',
} as const satisfies ModuleMapping;

export default defineReading(
  {
    type: 'misp-decay',
    modules: [DECAY_SCORE],
    version: 2,
    migrations: [{ from: 1, map: { filter: Object.fromEntries(OPERATOR_ALONE.map((old) => [old, NONE])) } }],
    attributesWhen: true,
    outputs: ['scored'],
    fields: {
      models: { kind: 'picker', source: 'decaying-models', default: [], required: true },
      ...FILTER_FIELD,
    },
  },
  (context, { client, signal }) => {
    const { config } = context;
    const { decayingmodels: wanted } = writeParams<{ decayingmodels: string[] }>(DECAY_SCORE, config);
    if (wanted.length === 0) throw new WorkflowError('decay.noModels');

    return async (message) => {
      message.payload = withAttributes(message.payload, wholeOf(message));
      const event = eventKey(message.payload);
      if (!event) throw new WorkflowError('decay.noEvent');
      const items = valuesOf(getMatchingItemsForAttributes(filterOf(config.filter), message.payload));
      const attributes = items.filter(isScorable);
      if (attributes.length > 0) await attach(event, attributes);
      else context.status('nothing', 'grey', 'ring');
      return [message];
    };

    async function attach(event: string, attributes: Scorable[]): Promise<void> {
      const models = await modelIds(client, wanted);
      const uuids = attributes.map(({ uuid }) => uuid);
      const scores = await decayScores(client, event, uuids, models, signal);
      for (const attribute of attributes) {
        const score = scores.get(attribute.uuid.toLowerCase());
        if (score) attribute.decay_score = score;
      }
      const params = { scored: String(scores.size), total: String(attributes.length) };
      context.status('scored', scores.size > 0 ? 'green' : 'grey', 'dot', params);
    }
  },
);

interface Scorable {
  uuid: string;
  decay_score?: unknown;
}

function isScorable(item: unknown): item is Scorable {
  return isRecord(item) && typeof item.uuid === 'string';
}
