import path from 'node:path';
import { rmSync } from 'node:fs';
import type { NodeAPI } from 'node-red';
import { KnownModules } from '../../src/listener/known-modules';
import type { Absence } from '../../src/listener/protocol';
import { endOrphans, openService, setFlowsAbsence, type Owner } from '../../src/listener/registry';
import {
  rememberedServices,
  rememberedTls,
  serviceFile,
  type RememberedService,
} from '../../src/listener/remembered';
import { folderOf } from '../folder';
import type { Halt } from '../halt';
import { runtimeOf } from '../runtime';
import { upstreamList } from './listener-upstream';

/** How long services go on after flows that were stopped for no known reason: a project may be changed. */
const ENDING_MS = 5000;

export function ownerOf(RED: NodeAPI, id: string): Owner {
  return { realm: folderOf(RED) ?? '', id };
}

/** Where a listener keeps its modules, and how it is set up. */
export function filesOf(RED: NodeAPI, id: string): { modules?: string; service?: string; upstream?: string } {
  const folder = folderOf(RED);
  if (!folder) return {};
  const modules = path.join(folder, `listener-${id.replace(/[^\w-]/g, '')}.json`);
  const upstream = path.join(folder, `upstream-${encodeURIComponent(id)}.json`);
  return { modules, service: serviceFile(folder, id), upstream };
}

/**
 * Keeps the services of listeners in step with the flows: they listen before the flows are there, block with a
 * reason while the flows do not run, and end when the flows have started without their node.
 */
class ServiceKeeper {
  /** Listeners of which something was kept, and whose nodes have not been seen yet. */
  private unseen: string[] = [];
  private ending: NodeJS.Timeout | undefined;
  private realm = '';

  constructor(private RED: NodeAPI) {
    const { flows } = runtimeOf(RED);
    flows.on('starting', () => this.setAbsence(undefined));
    flows.on('halted', (halt) => {
      this.setAbsence(absenceOf(halt));
      if (halt.reason !== 'ending') return;
      const { realm } = this;
      this.ending = setTimeout(() => endOrphans(realm), ENDING_MS).unref();
    });
    // A damaged flow file looks like no flows. MISP must not go on because of it.
    flows.on('started', (empty) => (empty ? this.setAbsence({ key: 'service.noFlows' }) : this.endOthers()));
  }

  /** Node-RED starts, perhaps again in its process, with another user folder. */
  start(RED: NodeAPI): void {
    const { realm } = ownerOf(RED, '');
    if (this.realm !== realm) endOrphans(this.realm);
    this.realm = realm;
    this.RED = RED;
    const folder = folderOf(RED);
    const remembered = folder ? rememberedServices(folder) : [];
    for (const { id, service } of remembered) open(RED, id, service);
    this.unseen = remembered.map(({ id }) => id);
  }

  private setAbsence(absence: Absence | undefined): void {
    clearTimeout(this.ending);
    setFlowsAbsence(this.realm, absence);
  }

  /** Services without a node end; what is kept of listeners that are in no flow any more is thrown away. */
  private endOthers(): void {
    endOrphans(this.realm);
    for (const id of this.unseen) {
      const { modules, service, upstream } = filesOf(this.RED, id);
      if (this.RED.nodes.getNode(id) || !modules || !service || !upstream) continue;
      for (const file of [modules, service, upstream]) remove(file);
    }
    this.unseen = [];
  }
}

const keepers = new WeakMap<object, ServiceKeeper>();

/** To be called at each start of Node-RED, before it loads its flows. */
export function keepServices(RED: NodeAPI): void {
  const { flows } = runtimeOf(RED);
  let keeper = keepers.get(flows);
  if (!keeper) keepers.set(flows, (keeper = new ServiceKeeper(RED)));
  keeper.start(RED);
}

function absenceOf({ reason, missing = [] }: Halt): Absence {
  if (reason === 'ending') return { key: 'service.stopping', waits: true };
  return { key: `service.${reason}`, params: { types: missing.join(', ') } };
}

/** Opens what is kept of a service. */
function open(RED: NodeAPI, id: string, { tls, ...settings }: RememberedService): void {
  const { host, port } = settings;
  const text = (key: string, params: object) =>
    RED._(`@misp-flows/node-red-misp/misp-listener:misp-listener.log.${key}`, { host, port, ...params });
  try {
    const material = tls && rememberedTls(tls);
    const absence: Absence = { key: 'service.starting', waits: true };
    const files = filesOf(RED, id);
    const expected = upstreamList(files.upstream).read();
    const service = openService(ownerOf(RED, id), { ...settings, tls: material, expected }, absence);
    if (!service) return;
    const known = new KnownModules(files.modules, () => undefined);
    for (const module of known.all) service.announceExpected(module);
    RED.log.info(text('remembered', {}));
  } catch (error) {
    RED.log.warn(text('notRemembered', { problem: (error as Error).message }));
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // A folder that cannot be written to; the listener has said so.
  }
}
