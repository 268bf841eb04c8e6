import type { NodeAPI } from 'node-red';
import { graphOf } from '../../src/actions/misp-graph';
import { closingTagOfAny } from '../../src/connect/fail-closed';
import type { ConnectMemory } from '../../src/connect/memory';
import { canFailClosed } from '../../src/connect/wish';
import { AD_HOC } from '../../src/misp/ad-hoc';
import type { MispClient } from '../../src/misp/client';
import { viewTrigger } from '../../src/misp/workflows';
import { WorkflowError } from '../../src/text';
import type { ClosedMisp } from './api';
import { deployedMisp } from './ask-misp';

/** Somebody has drawn a trigger and waits for its form. */
const LOOK_MS = 3000;

/**
 * The deployed MISPs whose workflow of a trigger stops whatever has not a tag, whoever has drawn it. One that does not
 * show its workflow counts as it was set up from here.
 */
export async function closedMisps(
  RED: NodeAPI,
  memory: ConnectMemory,
  trigger: string,
): Promise<ClosedMisp[]> {
  if (!canFailClosed(trigger)) return [];
  const servers: string[] = [];
  RED.nodes.eachNode(({ id, type }) => {
    if (type === 'misp-server') servers.push(id);
  });
  const kept = memory.closed(trigger);
  const found = await Promise.all(
    servers.map(async (server): Promise<ClosedMisp[]> => {
      const client = deployedMisp(RED, server);
      if (!client) return [];
      const { url } = client;
      // Its node may lead to another MISP by now.
      const known = kept.filter((one) => one.server === server && one.url === url).map(({ tag }) => tag);
      const tags = trigger === AD_HOC ? known : ((await tagsIn(client, trigger)) ?? known);
      return tags.map((tag) => ({ server, url, tag }));
    }),
  );
  return found.flat();
}

/** Undefined if MISP does not say. */
async function tagsIn(client: MispClient, trigger: string): Promise<string[] | undefined> {
  try {
    const view = await viewTrigger(client, trigger, AbortSignal.timeout(LOOK_MS));
    const closing = view?.on === true ? closingTagOfAny(graphOf(view.workflow?.data)) : undefined;
    return closing ? [closing.tag] : [];
  } catch (error) {
    if (error instanceof WorkflowError) return undefined;
    throw error;
  }
}
