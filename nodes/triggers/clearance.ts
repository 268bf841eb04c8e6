import type { Node, NodeAPI } from 'node-red';
import { carryOutOn } from '../../src/misp/carry-out';
import { askedEvent, planClearance, refuseUncleared } from '../../src/misp/clearance';
import { reflect } from '../../src/misp/reflect';
import type { ListenerCaller } from '../../src/listener/protocol';
import type { Clear } from '../../src/runs/clearing';
import { WorkflowError } from '../../src/text';
import { CLEARABLE } from '../../src/triggers/triggers';
import { perform } from '../actions/parts/perform';
import { rememberWrites } from '../actions/parts/remember-writes';
import { configNode } from '../config-node';
import type { ServerNode } from '../config/misp-server';
import type { Fields } from '../definition';
import { runtimeOf } from '../runtime';
import type { OfRun } from './trigger-runs';

const CLEARED = { trigger: CLEARABLE, goOn: ['response', 'ended'] };

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
 * How a trigger clears the event of a run, if it does: with a local tag on it, as its workflow in MISP wants to see. Of
 * several MISPs in the one that asked.
 * @throws {WorkflowError} if there is no working MISP
 */
export function clearanceOf(
  RED: NodeAPI,
  node: Node,
  { clears, clearServer, clearTag }: ClearanceSettings,
  callerOf: (user: string | undefined) => ListenerCaller | undefined,
): ((data: unknown, of: Pick<OfRun, 'run' | 'caller'>) => Clear) | undefined {
  if (!clears) return undefined;
  const tag = clearTag.trim();
  const clientOf = (server: string) =>
    configNode<ServerNode, 'client'>(RED, server, 'client', 'trigger.noClearServer').client;
  const usual = clientOf(clearServer);
  const runtime = runtimeOf(RED);
  const { journal } = runtime;
  return (asked, { run, caller: user }) => {
    const event = askedEvent(asked);
    const caller = callerOf(user);
    return async (signal) => {
      if (caller && !caller.server) throw new WorkflowError('clearance.whichMisp', { name: caller.name });
      const client = caller?.server ? clientOf(caller.server) : usual;
      const { plan, data } = await planClearance(client, event, tag, signal);
      journal.write(run, { what: 'planned', dryRun: false, operations: plan }, node);
      const operations = await perform(RED, plan, {
        carryOut: carryOutOn(client),
        control: { signal, progress: () => undefined },
        remembering: rememberWrites(RED, client)({ payload: data }, plan),
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
