import { existsSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { DEFAULT_HISTORY, type HistorySettings } from '../../src/history/settings';
import { openStore, type StorePlace } from '../../src/store/kept-store';
import { text, words } from '../../src/text';
import { runtimeOf } from '../runtime';
import { folderOf } from '../folder';
import type { RedisWish } from './queue-keeper';

/** What a node says of what is kept of the runs. */
export interface HistoryWish {
  settings: HistorySettings;
  /** They are kept there. */
  redis?: RedisWish;
}

/** Nothing goes, however old: it is only counted. */
const ENDLESS = { runs: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER, days: 100_000 };
const ALL = { ...ENDLESS, inputs: ENDLESS };

/**
 * Keeps the history as the flows say: by the node that is deployed for it, or without one as it is by default. It
 * stays open over redeploys, and is closed when Node-RED ends.
 */
class HistoryKeeper {
  /** What deployed nodes say. */
  private readonly wishes = new Map<string, HistoryWish>();
  /** It was looked whether something is on disk from before. */
  private isDiskKnown = false;

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

  wish(nodeId: string, wish: HistoryWish): () => void {
    this.wishes.set(nodeId, wish);
    return () => void this.wishes.delete(nodeId);
  }

  private settle(): void {
    const [{ settings, redis } = { settings: DEFAULT_HISTORY }] = this.wishes.values();
    const { history } = runtimeOf(this.RED);
    if (redis) {
      history.settle({ redis: redis.settings, deadAfterMs: redis.deadAfterMs }, settings);
      this.warnOfDisk();
    } else {
      this.isDiskKnown = false;
      history.settle(settings.keep === 'disk' ? this.onDisk : undefined, settings);
    }
  }

  private get onDisk(): StorePlace | undefined {
    const folder = folderOf(this.RED);
    return folder === undefined ? undefined : { folder: path.join(folder, 'history') };
  }

  /** What was kept on disk is not in Redis: it stays there. */
  private warnOfDisk(): void {
    const { onDisk } = this;
    if (this.isDiskKnown || !onDisk || !('folder' in onDisk)) return;
    this.isDiskKnown = true;
    const { folder } = onDisk;
    if (!existsSync(path.join(folder, 'runs.sqlite'))) return;
    const before = openStore(onDisk, ALL);
    before.on('state', ({ state }) => {
      if (state !== 'open') return before.close();
      const counted = before.list({ most: 0 }).then(({ total: count }) => {
        if (count > 0) this.RED.log.warn(words(text('store.redisLeft', { count, folder })));
      });
      counted.catch(() => undefined).finally(() => before.close());
    });
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
export function wishHistory(RED: NodeAPI, nodeId: string, wish: HistoryWish): () => void {
  return keeperOf(RED).wish(nodeId, wish);
}
