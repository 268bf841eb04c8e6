import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { KeptList } from '../../src/block-list/kept-list';
import type { Source } from '../../src/block-list/listed';
import { DEFAULT_LIMITS, quarterOfHeap } from '../../src/listener/protocol';
import type { ListenerService } from '../../src/listener/service';
import { freePort, listening } from './misp';
import { root } from './node-red';

export interface ListLoad {
  folder: string;
  entries: number;
  updates: number;
  clients: number;
  /** Entries that change with each update. */
  changing: number;
}

interface Seen {
  whole: number;
  unchanged: number;
  etags: string[];
  wrong: string[];
}

const LOGIN = { user: 'firewall', password: 'secret' };

/** Changes a list again and again while clients fetch it from a real listener. */
export async function fetchDuringUpdates({ folder, entries, updates, clients, changing }: ListLoad) {
  // The built one: its thread is a built file.
  const built = path.join(root, 'dist/src/listener/service.js');
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as above
  const { ListenerService: Service } = require(built) as { ListenerService: typeof ListenerService };
  const port = await freePort();
  const limits = { ...DEFAULT_LIMITS, handedBytes: quarterOfHeap() };
  const service = new Service({
    host: '127.0.0.1',
    port,
    access: { user: 'misp', password: 'secret' },
    limits,
  });
  const guard = { shrinkPercent: 20, mayBeEmpty: false, most: 1_000_000 };
  const list = new KeptList({
    ...{ name: 'fw', format: 'plain', holds: 'all', subdomains: false, never: [], days: 0 },
    ...{ guard, snapshots: 2, folder },
  });
  const etags = new Set<string>();
  list.on('content', ({ bytes, etag }) => {
    etags.add(etag);
    service.serveList('fw', { access: LOGIN, bytes, etag }, list);
  });
  await listening(port);
  const at = Math.floor(Date.now() / 1000);
  const sourceOf = (index: number, round: number): Source => ({
    at,
    values: [`n${index}.v${round}.example`],
  });
  const first = new Map(Array.from({ length: entries }, (_, index) => [`=${index}`, sourceOf(index, 0)]));
  await list.change({ whole: true, put: first, drop: new Set() });

  const workerData = { port, path: '/lists/fw', login: `${LOGIN.user}:${LOGIN.password}`, clients };
  const readers = new Worker(path.join(root, 'test/support/list-readers.mjs'), { workerData });
  const seen = new Promise<Seen>((resolve, reject) => readers.once('message', resolve).once('error', reject));
  const times: number[] = [];
  for (let round = 1; round <= updates; round++) {
    const put = new Map<string, Source>();
    for (let count = 0; count < changing; count++) {
      const index = (round * changing + count) % entries;
      put.set(`=${index}`, sourceOf(index, round));
    }
    const began = performance.now();
    await list.change({ whole: false, put, drop: new Set() });
    times.push(performance.now() - began);
  }
  readers.postMessage('over');
  const { wrong, ...fetched } = await seen;
  await list.close();
  await service.close();
  times.sort((one, other) => one - other);
  const [middle, longest] = [times[times.length >> 1], times[times.length - 1]];
  const unknown = fetched.etags.filter((etag) => !etags.has(etag));
  return {
    wrong,
    unknown,
    whole: fetched.whole,
    unchanged: fetched.unchanged,
    lists: fetched.etags.length,
    middle,
    longest,
  };
}
