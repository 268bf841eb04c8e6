import type { Node, NodeAPI } from 'node-red';
import { carryOutOn } from '../../src/misp/carry-out';
import { askedEvent, planClearance, refuseUncleared } from '../../src/misp/clearance';
import { reflect } from '../../src/misp/reflect';
import type { Clear } from '../../src/runs/clearing';
import { perform } from '../actions/parts/perform';
import { rememberWrites } from '../actions/parts/remember-writes';
import { configNode } from '../config-node';
import type { ServerNode } from '../config/misp-server';
import type { Fields } from '../definition';
import { runtimeOf } from '../runtime';
import type { TriggerMessage } from './trigger-runs';

const CLEARED = { trigger: 'event-publish', goOn: ['response', 'ended'] };

/** What a trigger tags an event with before MISP may publish it. */
export const CLEARANCE_FIELDS = {
  clears: { kind: 'checkbox', default: false, when: CLEARED },
  clearServer: {
    kind: 'config',
    type: 'misp-server',
    required: true,
    when: { ...CLEARED, clears: true },
  },
  clearTag: {
    kind: 'text',
    default: 'node-red:cleared',
    required: true,
    when: { ...CLEARED, clears: true },
    advanced: true,
  },
} as const satisfies Fields;

export interface ClearanceSettings {
  clears: boolean;
  clearServer: string;
  clearTag: string;
}

/**
 * How a trigger clears the event of a run, if it does: with a local tag on it, as its workflow in MISP wants to see.
 * @throws {WorkflowError} if there is no working MISP
 */
export function clearanceOf(
  RED: NodeAPI,
  node: Node,
  { clears, clearServer, clearTag }: ClearanceSettings,
): ((data: unknown, message: TriggerMessage) => Clear) | undefined {
  if (!clears) return undefined;
  const tag = clearTag.trim();
  const { client } = configNode<ServerNode, 'client'>(RED, clearServer, 'client', 'trigger.noClearServer');
  const runtime = runtimeOf(RED);
  const { journal } = runtime;
  const carryOut = carryOutOn(client);
  const remember = rememberWrites(RED, client);
  return (asked, { misp: { run } }) => {
    const event = askedEvent(asked);
    return async (signal) => {
      const { plan, data } = await planClearance(client, event, tag, signal);
      journal.write(run, { what: 'planned', dryRun: false, operations: plan }, node);
      const operations = await perform(RED, plan, {
        carryOut,
        control: { signal, progress: () => undefined },
        remembering: remember({ payload: data }, plan),
        actor: { ...runtime.actorOf(node, {}), run },
        system: client.url,
        did(results) {
          journal.write(run, { what: 'did', operations: results }, node);
          reflect(data, results);
        },
      });
      refuseUncleared(tag, operations);
    };
  };
}
