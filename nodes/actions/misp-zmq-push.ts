import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { planPushZmq } from '../../src/actions/push-zmq';
import { acquirePublisher } from '../../src/zmq/publishers';
import { defineAction } from './parts/define-action';
import { SENDS } from './parts/sends';

const PUSH_ZMQ = {
  module: 'push-zmq',
  params: { data_extraction_path: 'data_extraction_path' },
} as const satisfies ModuleMapping;

export default defineAction(
  {
    type: 'misp-zmq-push',
    modules: [PUSH_ZMQ],
    version: 1,
    notification: true,
    fields: {
      address: {
        kind: 'text',
        default: 'tcp://127.0.0.1:50001',
        required: true,
        pattern: '^tcp://(\\[[0-9a-fA-F:.%]+\\]|[^\\s/:]+):\\d{1,5}$',
        message: 'address',
      },
      user: { kind: 'secret', secret: 'text' },
      password: { kind: 'secret', secret: 'password' },
      data_extraction_path: { kind: 'hashpath', default: '' },
    },
  },
  (context) => {
    const { config, secrets } = context;
    const { user = '', password = '' } = secrets;
    const login = user || password ? { user, password } : undefined;
    const acquired = acquirePublisher({ address: config.address, login });
    acquired.catch(context.notSetUp);
    const params = writeParams<{ data_extraction_path: string }>(PUSH_ZMQ, config);
    return {
      plan: ({ payload }) => planPushZmq(params.data_extraction_path, payload),
      system: () => config.address,
      carryOut: SENDS['zmq-publish'](async () => (await acquired).publisher),
      async close() {
        const lease = await acquired.catch(() => undefined);
        await lease?.release(false);
      },
    };
  },
);
