import type { Node } from 'node-red';
import { DEFAULT_LIMITS, type ServiceSettings, type TlsMaterial } from '../../src/listener/protocol';
import { acquireService } from '../../src/listener/registry';
import type { Announcement, ListenerService, ModuleOwner, ServiceState } from '../../src/listener/service';
import { WorkflowError } from '../../src/text';
import { defineNode } from '../adaptor';

/** What a trigger node uses of its listener. */
export interface ListenerNode extends Node {
  service: ListenerService | undefined;
  /** The listener's state, for the status of its triggers. */
  readonly state: ServiceState;
  announce(owner: ModuleOwner): Announcement;
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
    const onCounts = refusals(({ refused }) => node.warn(text('log.refused', { refused })));
    service.on('state', onState);
    service.on('counts', onCounts);

    Object.defineProperty(node, 'state', { get: () => service.current });
    node.service = service;
    node.announce = (owner) => service.announce(owner);

    return {
      async close(removed) {
        service.off('state', onState);
        service.off('counts', onCounts);
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

/** Tells of refused requests, at most every ten seconds: a MISP with a wrong password asks often. */
function refusals(tell: (counts: { refused: number }) => void) {
  let told = 0;
  let next = 0;
  return (counts: { refused: number }) => {
    if (counts.refused === told || Date.now() < next) return;
    told = counts.refused;
    next = Date.now() + 10_000;
    tell(counts);
  };
}
