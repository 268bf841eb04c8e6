import { configNode } from '../../config-node';
import type { MispOperation, Plan } from '../../../src/actions/plan';
import { withAttributes } from '../../../src/actions/targets';
import { reflect } from '../../../src/misp/reflect';
import type { MispClient } from '../../../src/misp/client';
import { carryOutOn } from '../../../src/misp/carry-out';
import { mispOf, type Message } from '../../../src/runs/message';
import { WorkflowError } from '../../../src/text';
import type { NodeContext } from '../../adaptor';
import { looksAtAttributes } from '../../attributes-when';
import type { ServerNode } from '../../config/misp-server';
import type { Fields } from '../../definition';
import { wholeOf } from '../../../src/runs/message';
import { runtimeOf } from '../../runtime';
import { defineAction, type ActionDescription } from './define-action';
import { rememberWrites } from './remember-writes';

/** The MISP that a node asks or changes. */
export const SERVER_FIELD = {
  server: { kind: 'config', type: 'misp-server', required: true },
} as const satisfies Fields;

/** What plans with: the message, and the MISP to look things up in. */
export type MakePlan = (
  message: Message,
  client: MispClient,
) => Plan<MispOperation> | Promise<Plan<MispOperation>>;

/**
 * A node that changes data in a MISP.
 * @param create gets the settings once per deploy, and returns what a message leads to
 */
export function defineMispAction<const F extends Fields>(
  description: ActionDescription<F>,
  create: (context: NodeContext<F & typeof SERVER_FIELD>) => MakePlan,
) {
  return defineAction<F & typeof SERVER_FIELD, MispOperation>(
    { writes: true, retries: true, ...description, fields: { ...SERVER_FIELD, ...description.fields } },
    (context) => {
      const { RED } = context;
      const { client } = serverOf(context);
      const looks = looksAtAttributes(description, context.config);
      const makePlan = create(context);
      const carryOut = carryOutOn(client);
      const { tracker } = runtimeOf(RED);
      return {
        async plan(message) {
          if (looks) message.payload = withAttributes(message.payload, wholeOf(message));
          const plan = await makePlan(message, client);
          if (plan.length > 0 && tracker.runOf(message)) refuseBeforeSave(message);
          return plan;
        },
        carryOut,
        begin: rememberWrites(RED, client),
        system: () => client.url,
        learn: (message, operations) => reflect(message.payload, operations, wholeOf(message)),
      };
    },
  );
}

/** @throws {WorkflowError} if the node has no working MISP */
export function serverOf({
  RED,
  config,
}: Pick<NodeContext<typeof SERVER_FIELD>, 'RED' | 'config'>): ServerNode {
  return configNode<ServerNode, 'client'>(RED, config.server, 'client', 'action.noServer');
}

/** While MISP waits inside its transaction, a write to it would wait for MISP: both stand still until the time-out. */
export function refuseBeforeSave(message: Message): void {
  const { trigger, blocking } = mispOf(message);
  // Of a replay for real: MISP does not wait.
  if (blocking === false) return;
  if (typeof trigger === 'string' && trigger.endsWith('-before-save'))
    throw new WorkflowError('action.beforeSave', { trigger });
}
