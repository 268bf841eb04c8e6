import { withPayload, type Message } from '../../src/runs/message';
import { WorkflowError } from '../../src/text';
import { eventKey, loadEvent } from '../../src/triggers/full-event';
import { defineReading } from './parts/define-reading';

/** How MISP knows an event. */
const EVENT_KEY = /^(?:\d+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

export default defineReading(
  {
    type: 'misp-reload',
    modules: [{ module: 'reload-full-event', when: { which: 'message' }, params: {} }],
    version: 1,
    labelBy: 'which',
    outputs: ['event'],
    fields: {
      which: { kind: 'select', default: 'message', options: ['message', 'other'] },
      event: {
        kind: 'typed',
        default: 'payload.Event.extends_uuid',
        types: ['msg', 'str', 'flow', 'global', 'env', 'jsonata'],
        required: true,
        when: { which: 'other' },
      },
    },
  },
  (context, { client }) => {
    return async (message) => {
      const key = context.config.which === 'message' ? eventKey(message.payload) : await otherKey(message);
      if (!key) throw new WorkflowError('reload.noEvent');
      const event = await loadEvent(client, key);
      context.status('done', 'green', 'dot');
      return [withPayload(message, event)];
    };

    async function otherKey(message: Message): Promise<string> {
      const value = await context.evaluate('event', message);
      const key = typeof value === 'number' ? String(value) : value;
      if (typeof key !== 'string' || !EVENT_KEY.test(key.trim())) throw new WorkflowError('reload.badKey');
      return key.trim();
    }
  },
);
