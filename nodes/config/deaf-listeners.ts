import type { NodeAPI } from 'node-red';
import { DEAF_TOPIC, type Deaf, type DeafListeners } from '../../src/checks/deaf';
import type { ServiceState } from '../../src/listener/service';

/** A Node-RED that is started again in its process loads this package again, and keeps its events. */
const known = new WeakMap<object, DeafListeners>();

/** Keeps the editors told of listeners that do not listen: the checks show it at the node. */
export function tellEditors(RED: NodeAPI, id: string, state: ServiceState | undefined): void {
  const { [id]: was, ...others } = known.get(RED.events) ?? {};
  const is = state?.state === 'failed' ? reasonOf(state.code) : undefined;
  if (was === is) return;
  const deaf = is ? { ...others, [id]: is } : others;
  known.set(RED.events, deaf);
  RED.comms.publish(DEAF_TOPIC, deaf, true);
}

const reasonOf = (code: string): Deaf => (code === 'EADDRINUSE' ? 'portTaken' : 'cannotListen');
