import { WorkflowError, type Said } from '../text';
import type { Absence, ServiceSettings } from './protocol';
import { ListenerService } from './service';

/** A listener: one Node-RED may run several, and several Node-REDs may run in one process. */
export interface Owner {
  /** Which Node-RED. */
  realm: string;
  /** The id of the config node. */
  id: string;
}

interface Entry {
  service: ListenerService;
  owner: Owner;
  /** The config node's hold. Without one it goes on until the flows have started without that node. */
  holder: object | undefined;
}

/** The services of this process: they and their sockets outlive config nodes. */
const services = new Set<Entry>();

/** At the end of the process nobody else can answer what is open. */
const drainAll = () => {
  for (const { service } of services) service.drain();
};

/** A config node's hold on a service. */
export interface Lease {
  service: ListenerService;
  /** Gives the service up. It goes on until `endOrphans`. */
  release(): void;
}

/**
 * The service of a listener, started if there is none yet, else with its settings changed in place.
 * @param problem what is wrong although it serves
 * @throws {WorkflowError} if another config node has its address
 */
export function acquireService(owner: Owner, settings: ServiceSettings, problem?: Said): Lease {
  const other = find((entry) => entry.holder !== undefined && isAt(entry, settings) && !isOf(entry, owner));
  if (other) throw new WorkflowError('service.otherListener', { port: settings.port });
  // A listener that was replaced by a copy leaves its socket to it.
  const entry =
    find((known) => isOf(known, owner)) ?? find((known) => !known.holder && isAt(known, settings));
  if (entry) {
    for (const orphan of services) if (orphan !== entry && isAt(orphan, settings)) void end(orphan);
    entry.service.configure(settings, problem);
    return hold(entry, owner);
  }
  return hold(add(owner, settings), owner);
}

/** The service that a listener has or had, for one that cannot be set up now. */
export function holdService(owner: Owner): Lease | undefined {
  const entry = find((known) => isOf(known, owner));
  return entry && hold(entry, owner);
}

/** The service of a listener, whoever holds it. */
export function serviceOf(owner: Owner): ListenerService | undefined {
  return find((entry) => isOf(entry, owner))?.service;
}

/** Opens a service before its config node is there; nothing if the listener has one already. */
export function openService(
  owner: Owner,
  settings: ServiceSettings,
  flows: Absence,
): ListenerService | undefined {
  if (find((entry) => isOf(entry, owner) || isAt(entry, settings))) return undefined;
  return add(owner, settings, flows).service;
}

/** Tells all services of a Node-RED why its flows do not run, or that they do. */
export function setFlowsAbsence(realm: string, absence: Absence | undefined): void {
  for (const { owner, service } of services) {
    if (owner.realm === realm) service.setAbsence('flows', absence);
  }
}

/** Ends the services of a Node-RED that no config node has. Returns the ids of their listeners. */
export function endOrphans(realm: string): string[] {
  const orphans = [...services].filter((entry) => entry.owner.realm === realm && !entry.holder);
  for (const entry of orphans) void end(entry);
  return orphans.map((entry) => entry.owner.id);
}

/** Ends a service at once. */
export async function endService(owner: Owner): Promise<void> {
  const entry = find((known) => isOf(known, owner));
  if (entry) await end(entry);
}

function add(owner: Owner, settings: ServiceSettings, flows?: Absence): Entry {
  if (services.size === 0) process.on('exit', drainAll);
  const entry: Entry = { service: new ListenerService(settings, flows), owner, holder: undefined };
  services.add(entry);
  return entry;
}

async function end(entry: Entry): Promise<void> {
  if (!services.delete(entry)) return;
  if (services.size === 0) process.off('exit', drainAll);
  await entry.service.close();
}

function hold(entry: Entry, owner: Owner): Lease {
  entry.owner = owner;
  const lease = {
    service: entry.service,
    release: () => {
      if (entry.holder === lease) entry.holder = undefined;
    },
  };
  entry.holder = lease;
  return lease;
}

function find(wanted: (entry: Entry) => boolean): Entry | undefined {
  return [...services].find(wanted);
}

function isOf({ owner }: Entry, { realm, id }: Owner): boolean {
  return owner.realm === realm && owner.id === id;
}

function isAt({ service }: Entry, { host, port }: ServiceSettings): boolean {
  const { settings } = service;
  return settings.host === host && settings.port === port;
}
