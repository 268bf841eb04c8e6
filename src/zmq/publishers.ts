import { WorkflowError } from '../text';
import { ZmqPublisher, type PublisherSettings } from './publisher';
import type { Load } from './zeromq';

/** How long a publisher without an owner stays bound, in milliseconds: a redeploy closes and opens its nodes. */
const ORPHAN_MS = 5000;

interface Entry {
  publisher: Promise<ZmqPublisher>;
  settings: PublisherSettings;
  owners: number;
  /** It is being closed, and its address is not free yet. */
  ended?: boolean;
  timer?: NodeJS.Timeout;
}

/** The publishers of this process by address: several nodes share one, and subscribers stay over a redeploy. */
const publishers = new Map<string, Entry>();

/** A node's hold on a publisher. */
export interface PublisherLease {
  publisher: ZmqPublisher;
  /** Gives it up; `removed`: the last owner closes it at once, because its node was deleted. */
  release(removed: boolean): Promise<void>;
}

/**
 * The publisher at an address, bound if there is none yet.
 * @throws {WorkflowError} if the address cannot be bound, or another node asks for another login there
 */
export async function acquirePublisher(settings: PublisherSettings, load?: Load): Promise<PublisherLease> {
  const { address } = settings;
  const known = publishers.get(address);
  const isSame = known && !known.ended && sameLogin(known.settings, settings);
  if (known && !isSame && known.owners > 0) throw new WorkflowError('zmq.otherLogin', { address });
  const entry = known && isSame ? known : bind(settings, known, load);
  clearTimeout(entry.timer);
  entry.owners++;
  try {
    const publisher = await entry.publisher;
    let held = true;
    return {
      publisher,
      async release(removed) {
        if (held) await release(entry, removed);
        held = false;
      },
    };
  } catch (error) {
    if (publishers.get(address) === entry) publishers.delete(address);
    throw error;
  }
}

/** Binds a publisher, after the one at the same address is gone. */
function bind(settings: PublisherSettings, before: Entry | undefined, load?: Load): Entry {
  clearTimeout(before?.timer);
  const free = before ? before.publisher.then((publisher) => publisher.close()) : Promise.resolve();
  const publisher = free.then(() => ZmqPublisher.bind(settings, load));
  const entry: Entry = { settings, owners: 0, publisher };
  publishers.set(settings.address, entry);
  return entry;
}

async function release(entry: Entry, removed: boolean): Promise<void> {
  entry.owners--;
  if (entry.owners > 0) return;
  if (removed) return stop(entry);
  entry.timer = setTimeout(() => void stop(entry), ORPHAN_MS);
  entry.timer.unref();
}

async function stop(entry: Entry): Promise<void> {
  clearTimeout(entry.timer);
  entry.ended = true;
  const publisher = await entry.publisher;
  await publisher.close();
  const { address } = entry.settings;
  if (publishers.get(address) === entry) publishers.delete(address);
}

function sameLogin({ login: one }: PublisherSettings, { login: other }: PublisherSettings): boolean {
  return one?.user === other?.user && one?.password === other?.password;
}
