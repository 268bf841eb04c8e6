import path from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { KnownModules } from '../../src/listener/known-modules';
import {
  DEFAULT_LIMITS,
  type AnnouncedModule,
  type ServiceSettings,
  type TlsMaterial,
} from '../../src/listener/protocol';
import { acquireService } from '../../src/listener/registry';
import type { Announcement, ListenerService, ModuleOwner, ServiceState } from '../../src/listener/service';
import { WorkflowError } from '../../src/text';
import { defineNode } from '../adaptor';
import { QuietLog } from '../quiet-log';
import { runtimeOf } from '../runtime';

/** What a trigger node uses of its listener. */
export interface ListenerNode extends Node {
  service: ListenerService | undefined;
  /** The listener's state, for the status of its triggers. */
  readonly state: ServiceState;
  announce(owner: ModuleOwner): Announcement;
  /** Names of the modules that are announced although their flow is gone. */
  goneModules(): string[];
  /** Takes such a module off the list, because MISP's workflows do not use it any more. */
  forgetModule(name: string): void;
}

interface TlsNode extends Node {
  addTLSOptions(options: object): TlsMaterial;
}

const MEGABYTE = 1024 * 1024;

export default defineNode(
  {
    type: 'misp-listener',
    family: 'config',
    modules: [],
    version: 1,
    inputs: 0,
    outputs: [],
    editorFile: true,
    fields: {
      host: { kind: 'text', default: '127.0.0.1', required: true },
      port: { kind: 'number', default: 6667, min: 1, max: 65535 },
      authentication: { kind: 'checkbox', default: true },
      user: { kind: 'secret', secret: 'text', when: { authentication: true }, required: true },
      password: { kind: 'secret', secret: 'password', when: { authentication: true }, required: true },
      tls: { kind: 'config', type: 'tls-config' },
      bodyLimit: { kind: 'number', default: 100, min: 1, max: 1000, unit: 'MB', advanced: true },
      openRuns: { kind: 'number', default: 200, min: 1, max: 10000, advanced: true },
    },
  },
  (context, self) => {
    const node = self as ListenerNode;
    const { RED, config, secrets, text } = context;
    const settings = settingsOf();
    const lease = acquireService(node.id, settings);
    const { service } = lease;
    const { host, port } = settings;

    const onState = (state: ServiceState) => {
      if (state.state === 'listening') node.log(text('log.listening', { host, port }));
      if (state.state !== 'failed') return;
      const inUse = state.code === 'EADDRINUSE';
      const key = inUse ? 'errors.service.portInUse' : 'errors.service.cannotListen';
      node.error(text(key, { host, port, problem: state.message }));
    };
    const log = new QuietLog((line) => node.warn(line));
    const onCounts = ({ refused }: { refused: number }) => {
      if (refused > 0) log.tell('refused', text('log.refused', { refused }));
    };
    const known = new KnownModules(fileOf(RED, node.id));
    for (const module of known.all) service.announceExpected(module);
    const isGone = (module: AnnouncedModule) => !service.isAnnounced(module.name);
    const onStarted = () => known.all.filter(isGone).forEach((module) => service.announceGone(module));
    runtimeOf(RED).flows.on('started', onStarted);
    service.on('state', onState);
    service.on('counts', onCounts);

    Object.defineProperty(node, 'state', { get: () => service.current });
    node.service = service;
    node.announce = (owner) => {
      known.add(owner.module);
      return service.announce(owner);
    };
    node.goneModules = () => known.all.filter(isGone).map((module) => module.name);
    node.forgetModule = (name) => {
      if (service.isAnnounced(name)) return;
      known.remove(name);
      service.forget(name);
    };

    return {
      async close(removed) {
        runtimeOf(RED).flows.off('started', onStarted);
        log.close();
        service.off('state', onState);
        service.off('counts', onCounts);
        if (removed) known.clear();
        await lease.release(removed);
      },
    };

    function settingsOf(): ServiceSettings {
      const { user, password } = secrets;
      if (config.authentication && !(user && password)) throw new WorkflowError('listener.noPassword');
      const tlsNode = config.tls ? (RED.nodes.getNode(config.tls) as TlsNode | null) : null;
      return {
        host: config.host,
        port: Number(config.port),
        credentials: config.authentication ? { user, password } : undefined,
        tls: tlsNode?.addTLSOptions({}),
        limits: {
          ...DEFAULT_LIMITS,
          bodyBytes: Number(config.bodyLimit) * MEGABYTE,
          openRuns: Number(config.openRuns),
        },
      };
    }
  },
);

/** Where a listener keeps the names of its modules: in Node-RED's user folder. */
function fileOf(RED: NodeAPI, id: string): string | undefined {
  const { userDir } = RED.settings as { userDir?: string };
  return userDir && path.join(userDir, 'misp-workflows', `listener-${id.replace(/[^\w-]/g, '')}.json`);
}
