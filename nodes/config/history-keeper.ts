import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { DEFAULT_HISTORY, type HistorySettings } from '../../src/history/settings';
import { runtimeOf } from '../runtime';
import { folderOf } from '../folder';

/**
 * Keeps the history as the flows say: by the node that is deployed for it, or without one as it is by default. It
 * stays open over redeploys, and is closed when Node-RED ends.
 */
class HistoryKeeper {
  /** What deployed nodes say. */
  private readonly wishes = new Map<string, HistorySettings>();

  constructor(private RED: NodeAPI) {
    const { flows, history } = runtimeOf(RED);
    flows.on('started', () => this.settle());
    flows.on('halted', ({ reason }) => {
      if (reason === 'ending') history.end();
      else if (reason !== 'stopped') this.settle();
    });
  }

  /** Node-RED starts, perhaps again in its process, with another user folder. */
  start(RED: NodeAPI): void {
    this.RED = RED;
  }

  get isTaken(): boolean {
    return this.wishes.size > 0;
  }

  wish(nodeId: string, settings: HistorySettings): () => void {
    this.wishes.set(nodeId, settings);
    return () => void this.wishes.delete(nodeId);
  }

  private settle(): void {
    const folder = folderOf(this.RED);
    const [settings = DEFAULT_HISTORY] = this.wishes.values();
    runtimeOf(this.RED).history.settle(folder && path.join(folder, 'history'), settings);
  }
}

const keepers = new WeakMap<object, HistoryKeeper>();

function keeperOf(RED: NodeAPI): HistoryKeeper {
  const { flows } = runtimeOf(RED);
  let keeper = keepers.get(flows);
  if (!keeper) keepers.set(flows, (keeper = new HistoryKeeper(RED)));
  return keeper;
}

/** To be called at each start of Node-RED, before it loads its flows. */
export function keepHistory(RED: NodeAPI): void {
  keeperOf(RED).start(RED);
}

/** Whether a node that is deployed says what is kept. */
export const isHistoryTaken = (RED: NodeAPI): boolean => keeperOf(RED).isTaken;

/** Has the history kept as a node says, from the start of the flows on; the function returned takes it back. */
export function wishHistory(RED: NodeAPI, nodeId: string, settings: HistorySettings): () => void {
  return keeperOf(RED).wish(nodeId, settings);
}
