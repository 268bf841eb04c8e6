import type { Node } from 'node-red';
import type { AnnouncedModule, KindName } from '../../src/listener/kinds';
import { KnownModules } from '../../src/listener/known-modules';
import type { Announcement, ModuleOwner } from '../../src/listener/open-query';
import {
  DEFAULT_LIMITS,
  quarterOfHeap,
  type ServiceCounts,
  type ServiceSettings,
  type TlsMaterial,
} from '../../src/listener/protocol';
import { acquireService, endService, holdService, serviceOf, type Lease } from '../../src/listener/registry';
import { ServiceMemory, type TlsSource } from '../../src/listener/remembered';
import { isStrangerOut, shutOutBy } from '../../src/listener/shut-out';
import type { ListenerService, ServiceState } from '../../src/listener/service';
import { saidBy, text as said, words, WorkflowError, type Said } from '../../src/text';
import { defineNode, type NodeContext } from '../adaptor';
import type { Fields } from '../definition';
import { QuietLog } from '../quiet-log';
import { runtimeOf } from '../runtime';
import { tlsOptions } from '../tls-options';
import { tellEditors } from './deaf-listeners';
import { CALLER_FIELDS, callersOf } from './listener-callers';
import { metricsAccess, metricsOf } from './listener-metrics';
import { ListenerModules } from './listener-modules';
import { filesOf, ownerOf } from './listener-services';
import { queueOf } from './queue-keeper';
import { upstreamList, upstreamOf } from './listener-upstream';

/** What a trigger node uses of its listener. */
export interface ListenerNode extends Node {
  service: ListenerService | undefined;
  /** The listener's state, for the status of its triggers. */
  readonly state: ServiceState;
  announce<K extends KindName>(owner: ModuleOwner<K>): Announcement;
  /** Names of the modules that are announced although their flow is gone. */
  goneModules(): string[];
  /** Takes such a module off the list, because MISP's workflows do not use it any more. */
  forgetModule(name: string): void;
}

const MEGABYTE = 1024 * 1024;

/** An IPv4 address, or a name or IPv6 address, or a variable of the environment: four numbers are no name. */
const HOST =
  '^(?:(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}|(?![\\d.]+$)[A-Za-z0-9._:%-]+|\\$\\{[^}]+\\})$';

const FIELDS = {
  host: { kind: 'text', default: '127.0.0.1', required: true, pattern: HOST, message: 'host' },
  port: { kind: 'number', default: 6667, min: 1, max: 65535 },
  authentication: { kind: 'checkbox', default: true },
  ...CALLER_FIELDS,
  tls: { kind: 'config', type: 'tls-config' },
  upstream: { kind: 'config', type: 'misp-modules' },
  bodyLimit: { kind: 'number', default: 100, min: 1, max: 1000, unit: 'MB', advanced: true },
  openRuns: { kind: 'number', default: 200, min: 1, max: 10000, advanced: true },
  moduleRuns: { kind: 'number', default: 50, min: 1, max: 10000, advanced: true },
  acceptedRuns: { kind: 'number', default: 200, min: 1, max: 100000, advanced: true },
  metrics: { kind: 'checkbox', default: false, advanced: true },
  metricsUser: { kind: 'secret', secret: 'text', when: { metrics: true }, required: true, advanced: true },
  metricsPassword: {
    kind: 'secret',
    secret: 'password',
    when: { metrics: true },
    required: true,
    advanced: true,
  },
  memory: { kind: 'number', default: 0, min: 0, max: 100000, unit: 'MB', advanced: true },
  /** There is one for the whole of Node-RED: here is where it is found. */
  store: { kind: 'config', type: 'misp-store', advanced: true },
} as const satisfies Fields;

type Context = NodeContext<typeof FIELDS>;

export default defineNode(
  {
    type: 'misp-listener',
    family: 'config',
    modules: [],
    version: 1,
    inputs: 0,
    outputs: [],
    editorFile: true,
    fields: FIELDS,
  },
  (context, self) => {
    const node = self as ListenerNode;
    const { RED, config, secrets, text } = context;
    const who = callersOf(RED, config, secrets);
    const { tls, problem } = tlsOf(context);
    const kept = upstreamList(filesOf(RED, node.id).upstream);
    const upstream = upstreamOf(context, kept.read());
    const limits = limitsOf(context);
    const metrics = metricsAccess(context);
    const settings: ServiceSettings = { ...addressOf(context), ...who, metrics, tls, limits, upstream };
    if (!upstream) {
      const gone = kept.forget();
      if (gone.length > 0) node.warn(text('log.upstreamGone', { modules: gone.join(', ') }));
    }
    const owner = ownerOf(RED, node.id);
    const lease = acquireService(owner, settings, problem);
    const { service } = lease;
    service.setAbsence('listener', undefined);
    service.metrics = () => metricsOf(service, runtimeOf(RED).history);
    const { host, port } = settings;
    if (problem) node.error(text('log.oldTls', { problem: words(problem) }));

    const onState = (state: ServiceState) => {
      tellEditors(RED, node.id, state);
      if (state.state === 'listening') node.log(text('log.listening', { host, port }));
      if (state.state !== 'failed') return;
      const inUse = state.code === 'EADDRINUSE';
      const problem = inUse
        ? said('service.portInUse', { port })
        : said('service.cannotListen', { host, port, problem: state.message });
      node.error(words(problem));
    };
    const log = new QuietLog((line) => node.warn(line));
    const onCounts = (counts: ServiceCounts) => {
      const { refused } = counts;
      for (const { name, refused } of shutOutBy(counts, who.callers))
        log.tell(`refused ${name}`, text('log.refusedCaller', { name, refused }));
      if (isStrangerOut(counts, who.callers)) log.tell('refused', text('log.refused', { refused }));
    };
    const files = filesOf(RED, node.id);
    const notKept = (error: Error) => log.tell('notKept', text('log.notKept', { problem: error.message }));
    const known = new KnownModules(files.modules, notKept);
    const memory = new ServiceMemory(files.service, notKept);
    // With the certificate of before, what is kept is left as it is.
    if (!problem) void memory.keep(settings, tlsSourceOf(context));
    // A listener that took over from another one is asked for its modules too.
    for (const module of service.modules) known.add(module);
    for (const module of known.all) service.announceExpected(module);
    const notShared = (problem: string) => node.warn(text('log.notShared', { problem }));
    const modules = new ListenerModules(RED, node.id, known, service, notShared);
    const isGone = (module: AnnouncedModule) => !service.isAnnounced(module.name);
    const queue = queueOf(RED);
    const keepInQueue = () => queue.current && service.keepIn(queue.current, node.id);
    const onStarted = () => {
      keepInQueue();
      known.all.filter(isGone).forEach((module) => service.announceGone(module));
      service.endLeftLists();
    };
    runtimeOf(RED).flows.on('started', onStarted);
    service.on('state', onState);
    tellEditors(RED, node.id, service.current);
    service.on('counts', onCounts);
    const onUpstream = (list: string) => kept.keep(list);
    service.on('upstream', onUpstream);
    const { takeDebug } = runtimeOf(RED).history;
    service.on('debug', takeDebug);

    Object.defineProperty(node, 'state', { get: () => service.current });
    node.service = service;
    node.announce = (moduleOwner) => {
      const module: AnnouncedModule = moduleOwner.module;
      if (module.kind === 'action' && module.kept) queue.use();
      keepInQueue();
      modules.add(module);
      return service.announce(moduleOwner);
    };
    node.goneModules = () => known.all.filter(isGone).map((module) => module.name);
    node.forgetModule = (name) => {
      if (service.isAnnounced(name)) return;
      modules.remove(name);
      service.forget(name);
    };

    return {
      close(removed) {
        runtimeOf(RED).flows.off('started', onStarted);
        log.close();
        service.off('state', onState);
        tellEditors(RED, node.id, undefined);
        service.off('counts', onCounts);
        service.off('upstream', onUpstream);
        service.off('debug', takeDebug);
        memory.close();
        modules.close(removed);
        if (removed) {
          memory.clear();
          kept.forget();
        }
        lease.release();
      },
    };
  },
  /** MISP would go on without a listener: what can still be answered is blocked, with the reason. */
  (context, node, problem) => {
    const lease = leaseOfBroken(context, node.id);
    const { RED, text } = context;
    node.error(text(lease ? 'log.blocks' : 'log.closed'));
    lease?.service.setAbsence('listener', { key: 'service.broken', params: { problem: saidBy(problem) } });
    const { modules } = filesOf(RED, node.id);
    const known = new KnownModules(modules, () => undefined);
    for (const module of known.all) lease?.service.announceExpected(module);
    return {
      close(removed) {
        if (removed) known.clear();
        lease?.release();
      },
    };
  },
);

function addressOf({ config }: Context): { host: string; port: number } {
  return { host: config.host, port: Number(config.port) };
}

function limitsOf({ config }: Context): ServiceSettings['limits'] {
  return {
    ...DEFAULT_LIMITS,
    bodyBytes: Number(config.bodyLimit) * MEGABYTE,
    openRuns: Number(config.openRuns),
    moduleRuns: Number(config.moduleRuns),
    acceptedRuns: Number(config.acceptedRuns),
    handedBytes: Number(config.memory) * MEGABYTE || quarterOfHeap(),
  };
}

/**
 * Certificate and key. If they cannot be used, those that the listener works with; its error says so.
 * @throws {WorkflowError} if there are none of either kind: the listener never speaks plain HTTP then
 */
function tlsOf(context: Context): { tls?: TlsMaterial; problem?: Said } {
  const { RED, node, config } = context;
  if (!config.tls) return {};
  try {
    const { key, cert, ...more } = tlsOptions(RED, config.tls);
    if (!key || !cert) throw new WorkflowError('listener.noCertificate');
    return { tls: { key, cert, ...more } };
  } catch (error) {
    const tls = serviceOf(ownerOf(RED, node.id))?.settings.tls;
    if (!tls) throw error;
    return { tls, problem: saidBy(error) };
  }
}

/** The files of the listener's `tls-config`, as far as a restart finds certificate and key there alone. */
function tlsSourceOf({ RED, config }: Context): TlsSource | undefined {
  if (!config.tls) return undefined;
  const node = RED.nodes.getNode(config.tls) as Node<{ passphrase?: string }> | null;
  let source: TlsSource = 'credentials';
  RED.nodes.eachNode((saved) => {
    if (saved.id !== config.tls || node?.credentials?.passphrase) return;
    const { cert, key, ca } = saved as unknown as Record<'cert' | 'key' | 'ca', string>;
    if (cert?.trim() && key?.trim())
      source = { cert: cert.trim(), key: key.trim(), ca: ca?.trim() || undefined };
  });
  return source;
}

/** The service on which a listener that cannot be set up blocks, if there is one or can be one. */
function leaseOfBroken(context: Context, id: string): Lease | undefined {
  const { RED, config } = context;
  const owner = ownerOf(RED, id);
  const running = serviceOf(owner);
  if (running && (!config.tls || running.settings.tls)) return holdService(owner);
  // It was told to encrypt, and cannot.
  if (running) void endService(owner);
  try {
    const { tls } = tlsOf(context);
    const access = config.authentication ? 'lost' : 'open';
    return acquireService(owner, { ...addressOf(context), access, tls, limits: limitsOf(context) });
  } catch {
    return undefined;
  }
}
