import type { RestCall } from '../../src/actions/plan';
import { carryOutOn } from '../../src/misp/carry-out';
import { onlyReads } from '../../src/misp/repeat';
import { readRestPath } from '../../src/template/rest-path';
import { withPayload, type Message } from '../../src/runs/message';
import { defineNode, type Behaviour, type NodeContext } from '../adaptor';
import type { Fields } from '../definition';
import { runtimeOf } from '../runtime';
import { actionBehaviour, settingsFor } from './parts/define-action';
import { readingBehaviour } from './parts/define-reading';
import { rememberWrites } from './parts/remember-writes';
import { refuseBeforeSave, SERVER_FIELD, serverOf } from './parts/define-misp-action';

const FIELDS = {
  ...SERVER_FIELD,
  method: { kind: 'select', default: 'GET', options: ['GET', 'POST', 'PUT', 'DELETE'], describe: true },
  path: {
    kind: 'text',
    default: '',
    required: true,
    pattern: '^(?![a-zA-Z][\\w+.-]*:)/?[^/]',
    message: 'restPath',
  },
  query: { kind: 'keyvalue', default: [] },
  body: {
    kind: 'typed',
    default: 'payload',
    types: ['msg', 'json', 'jsonata', 'str', 'flow', 'global', 'env'],
    when: { method: ['POST', 'PUT'] },
  },
  ...settingsFor('stop'),
} as const satisfies Fields;

export default defineNode(
  {
    type: 'misp-request',
    family: 'actions',
    modules: [],
    version: 1,
    labelBy: 'method',
    inputs: 1,
    outputs: ['answer'],
    fields: FIELDS,
  },
  (context) => {
    const { method, path } = context.config;
    return reads(method, path) ? reader(context) : writer(context, method as RestCall['method']);
  },
);

/** Whether the call only looks, whatever the message puts into its path: restSearch and the like are POSTs. */
function reads(method: string, path: string): boolean {
  const [plain] = path.trim().split('?', 1);
  return onlyReads(method, `/${plain.replace(/^\//, '')}`);
}

/** A call that changes nothing is made at once, also in test runs and while MISP saves. */
function reader(context: NodeContext<typeof FIELDS>): Behaviour {
  const { method } = context.config;
  const path = readRestPath(context.config.path, context.config.query);
  return readingBehaviour(context, ({ client, signal }) => async (message) => {
    const body = method === 'GET' ? undefined : await context.evaluate('body', message);
    const target = path.render(message.payload, context.names(message));
    const { data } = await client.call(method, target, body, { signal, text: true });
    context.status('done', 'green', 'dot');
    return [withPayload(message, data)];
  });
}

/** Every other call may change something: it is planned first. */
function writer(context: NodeContext<typeof FIELDS>, method: RestCall['method']): Behaviour {
  const { client } = serverOf(context);
  const path = readRestPath(context.config.path, context.config.query);
  const { tracker } = runtimeOf(context.RED);
  return actionBehaviour<RestCall>(context, {
    async plan(message: Message) {
      if (tracker.runOf(message)) refuseBeforeSave(message);
      const body = method === 'DELETE' ? {} : { body: await context.evaluate('body', message) };
      const target = path.render(message.payload, context.names(message));
      return [{ do: 'rest-call', method, path: target, ...body }];
    },
    carryOut: carryOutOn(client),
    begin: rememberWrites(context.RED, client),
    system: () => client.url,
    finish(message, { dryRun, operations: [{ answer }] }) {
      return [dryRun ? message : withPayload(message, answer)];
    },
  });
}
