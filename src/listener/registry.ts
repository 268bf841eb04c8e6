import { WorkflowError } from '../text';
import type { ServiceSettings } from './protocol';
import { ListenerService } from './service';

/** How long a service without an owner goes on, in milliseconds: a redeploy closes and opens its node. */
const ORPHAN_MS = 5000;

interface Entry {
  service: ListenerService;
  owner: string | undefined;
  secure: boolean;
  timer?: NodeJS.Timeout;
}

/** The services of this process by address: sockets belong to the process, not to config nodes. */
const services = new Map<string, Entry>();

/** At the end of the process nobody else can answer what is open. */
const drainAll = () => {
  for (const { service } of services.values()) service.drain();
};

/** A config node's hold on a service. */
export interface Lease {
  service: ListenerService;
  /** Gives the service up. `removed`: at once, because its node was deleted. */
  release(removed: boolean): Promise<void>;
}

/**
 * The service at an address, started if there is none yet, else with its settings changed in place.
 * @param owner id of the config node
 * @throws {WorkflowError} if another config node has it
 */
export function acquireService(owner: string, settings: ServiceSettings): Lease {
  const address = `${settings.host}:${settings.port}`;
  let entry = services.get(address);
  if (entry?.owner !== undefined && entry.owner !== owner) {
    throw new WorkflowError('service.otherListener', { port: settings.port });
  }
  if (entry && entry.secure !== Boolean(settings.tls)) {
    void entry.service.close();
    entry = undefined;
  }
  if (entry) entry.service.configure(settings);
  else entry = { service: new ListenerService(settings), owner, secure: Boolean(settings.tls) };
  clearTimeout(entry.timer);
  entry.owner = owner;
  if (services.size === 0) process.on('exit', drainAll);
  services.set(address, entry);
  const held = entry;
  return { service: held.service, release: (removed) => release(address, held, removed) };
}

async function release(address: string, entry: Entry, removed: boolean): Promise<void> {
  entry.owner = undefined;
  if (services.get(address) !== entry) return;
  if (removed) return stop(address, entry);
  entry.timer = setTimeout(() => void stop(address, entry), ORPHAN_MS);
  entry.timer.unref();
}

async function stop(address: string, entry: Entry): Promise<void> {
  if (services.get(address) === entry) services.delete(address);
  if (services.size === 0) process.off('exit', drainAll);
  await entry.service.close();
}
