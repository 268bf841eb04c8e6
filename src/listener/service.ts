import { EventEmitter } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { spoken, type Said } from '../text';
import { endLater } from '../thread-end';
import type { Contact } from './contact';
import { LastContact } from './contacts';
import type { RequestQueue, TakenRequest } from '../queue/queue';
import { FromQueue } from './from-queue';
import { InHand } from './in-hand';
import type { DebugPost } from '../runs/misp-debug';
import type { AnnouncedModule, KindName } from './kinds';
import type { Announcement, ModuleOwner } from './open-query';
import {
  SHARE_OF_ACCEPTED,
  type Absence,
  type FromWorker,
  type OwnAnswer,
  type ServedList,
  type ServiceCounts,
  type ServiceSettings,
  type ToWorker,
  type WorkerStart,
} from './protocol';

/** How long the end of the process waits for the last answers to leave, in milliseconds. */
const DRAIN_MS = 1500;

/** Pause before a failed thread is replaced, in milliseconds: one that fails at once must not spin. */
const RESTART_MS = 100;

export type ServiceState =
  | { state: 'starting' }
  /** `problem`: it serves all the same, but not as it was told to. */
  | { state: 'listening'; problem?: Said }
  | { state: 'failed'; code: string; message: string };

interface Events {
  state: [ServiceState];
  counts: [ServiceCounts];
  upstream: [list: string];
  /** MISP tells of a workflow of its own. */
  debug: [told: DebugPost, from: string, body: Uint8Array];
  /** It answered on its own. `inHand`: a flow worked on the request, which has been told. */
  answeredFor: [{ module: string; by: OwnAnswer; blocked: boolean; inHand: boolean }];
}

/** The main thread's side of one service: one worker thread, one socket. */
export class ListenerService extends EventEmitter<Events> {
  current: ServiceState = { state: 'starting' };
  counts: ServiceCounts = { refused: 0, shutOut: 0, rejected: 0 };
  /** Of the misp-modules behind it, as it came. */
  upstreamList: string | undefined;
  /** What Prometheus is told, while there is anybody who knows. */
  metrics: (() => string) | undefined;
  /** The service as it is set up. */
  settings: ServiceSettings;
  /** What is wrong with it although it serves. */
  private problem: Said | undefined;
  private worker: Worker;
  /** What the thread was told of modules, to tell a new thread the same. */
  private readonly told = new Map<string, ToWorker & { type: 'module' }>();
  /** The lists that it serves, and who keeps each; nobody, while that is being deployed. */
  private readonly lists = new Map<string, { list: ServedList; keeper: object | undefined }>();
  private haveListsCome = false;
  private closing = false;
  private readonly owners = new Map<string, ModuleOwner<KindName>>();
  /** Modules whose requests wait for their trigger. */
  private readonly paused = new Set<string>();
  private readonly inHand = new InHand(
    this.owners,
    (name) => this.told.get(name)?.module,
    (name) => this.paused.has(name),
    (message) => this.send(message),
  );
  /** Where accepted requests are kept. */
  private queue: { queue: RequestQueue; source: string; leave: () => void } | undefined;
  private readonly absences: { flows?: Absence; listener?: Absence } = {};
  private readonly lastContact = new LastContact();
  private readonly drained = new Int32Array(new SharedArrayBuffer(4));

  /** @param flows why the flows do not run, if they do not */
  constructor(settings: ServiceSettings, flows?: Absence) {
    super();
    this.setMaxListeners(0); // every trigger listens
    this.settings = settings;
    this.absences.flows = flows;
    this.worker = this.startThread();
  }

  /**
   * Changes how the service is set up, its address too.
   * @param problem what is wrong although it serves
   */
  configure(settings: ServiceSettings, problem?: Said): void {
    this.settings = settings;
    this.problem = problem;
    this.send({ type: 'settings', settings });
  }

  /** Why no trigger takes requests: the flows do not run, or the listener is not set up. */
  setAbsence(of: 'flows' | 'listener', absence: Absence | undefined): void {
    this.absences[of] = absence;
    this.send({ type: 'absence', absence: this.absence });
  }

  private get absence(): Absence | undefined {
    return this.absences.listener ?? this.absences.flows;
  }

  /** All modules that MISP is told of. */
  get modules(): AnnouncedModule[] {
    return [...this.told.values()].map(({ module }) => module);
  }

  /**
   * Announces a module. Its requests wait until `open`, because a flow whose nodes are still being made
   * would look like one that has ended.
   */
  announce<K extends KindName>(owner: ModuleOwner<K>): Announcement {
    const { module } = owner;
    this.owners.set(module.name, owner);
    this.setOpen(owner, false);
    return {
      open: () => this.setOpen(owner, true),
      pause: () => this.setOpen(owner, false),
      end: () => {
        if (this.owners.get(module.name) !== owner) return;
        this.setOpen(owner, false);
        this.owners.delete(module.name);
      },
    };
  }

  /**
   * Has requests kept there that are to be kept, and takes them from there.
   * @param source by which this service is known there, over restarts too
   */
  keepIn(queue: RequestQueue, source: string): void {
    if (this.queue?.queue !== queue || this.queue.source !== source) this.enterQueue(queue, source);
    const { acceptedRuns: runs, handedBytes } = this.settings.limits;
    queue.setPlaces(source, { runs, bytes: handedBytes * SHARE_OF_ACCEPTED });
  }

  private enterQueue(queue: RequestQueue, source: string): void {
    this.queue?.leave();
    const taken = new FromQueue((name) => (this.paused.has(name) ? undefined : this.owners.get(name)), queue);
    const onTaken = (request: TakenRequest) => {
      if (request.source === source) taken.take(request);
    };
    queue.on('taken', onTaken);
    const leave = () => {
      queue.off('taken', onTaken);
      queue.disconnect(source);
      for (const name of this.owners.keys()) queue.pause(source, name);
    };
    this.queue = { queue, source, leave };
    this.connectQueue();
    for (const owner of this.owners.values())
      if (!this.paused.has(owner.module.name)) this.openInQueue(owner.module, true);
  }

  /** The thread gets a way in. */
  private connectQueue(): void {
    this.queue?.queue.connect(this.queue.source, (entrance) =>
      this.worker.postMessage({ type: 'queue', entrance } satisfies ToWorker, [entrance]),
    );
  }

  /** What was kept is taken although the module is not kept any more. */
  private openInQueue(module: AnnouncedModule, open: boolean): void {
    if (!this.queue || module.kind !== 'action' || module.blocking) return;
    const { queue, source } = this.queue;
    if (open) queue.open(source, module.name);
    else queue.pause(source, module.name);
  }

  private setOpen(owner: ModuleOwner<KindName>, open: boolean): void {
    const { module } = owner;
    if (this.owners.get(module.name) !== owner) return;
    if (open) this.paused.delete(module.name);
    else this.paused.add(module.name);
    this.send({ type: 'module', module, state: open ? 'live' : 'waiting' });
    this.openInQueue(module, open);
    if (open) this.inHand.takeReturned(module.name);
  }

  /** When MISP was last heard of, and when it last asked a module. */
  contact(module = ''): Contact {
    return this.lastContact.of(module);
  }

  isAnnounced(name: string): boolean {
    return this.owners.has(name);
  }

  /** Announces a module whose trigger is expected: its requests wait a moment, then it blocks as gone. */
  announceExpected(module: AnnouncedModule): void {
    if (!this.owners.has(module.name)) this.send({ type: 'module', module, state: 'waiting' });
  }

  /** Announces a module whose flow is gone: it blocks until it is forgotten. */
  announceGone(module: AnnouncedModule): void {
    if (this.owners.has(module.name)) return;
    this.paused.delete(module.name);
    this.send({ type: 'module', module, state: 'gone' });
    this.inHand.takeReturned(module.name);
  }

  /** Modules that others have announced are being asked for: whoever asks for the list waits a moment. Or they are there. */
  expectModules(isComing: boolean): void {
    this.send({ type: 'listComes', isComing });
  }

  forget(name: string): void {
    if (!this.owners.has(name)) this.send({ type: 'forget', name });
  }

  /** Serves a list under its name from now on. */
  serveList(name: string, given: ServedList, keeper: object): void {
    const known = this.lists.get(name)?.list;
    // What a new keeper has not read yet was there before.
    const list = given.bytes || !known ? given : { ...known, access: given.access };
    this.lists.set(name, { list, keeper });
    this.send({ type: 'list', name, list });
  }

  /** Its keeper goes. It is served until it is clear that no other one comes. */
  leaveList(name: string, keeper: object): void {
    const known = this.lists.get(name);
    if (known?.keeper === keeper) known.keeper = undefined;
  }

  /** The flows run: lists that nobody keeps are served no more. */
  endLeftLists(): void {
    for (const [name, { keeper }] of this.lists) {
      if (keeper) continue;
      this.lists.delete(name);
      this.send({ type: 'forgetList', name });
    }
    this.haveListsCome = true;
    this.send({ type: 'listsCame' });
  }

  /** Answers what is open and closes the socket; the thread ends. */
  async close(): Promise<void> {
    this.closing = true;
    this.queue?.leave();
    this.queue = undefined;
    const { worker } = this;
    // It has failed, and no other one has taken its place yet: nothing more is heard of it.
    if (worker.threadId === -1) return;
    const closed = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
      worker.on('message', ({ type }: FromWorker) => type === 'closed' && resolve());
    });
    this.send({ type: 'close' });
    await closed;
    endLater(worker);
  }

  private startThread(): Worker {
    const { settings, absence } = this;
    const workerData: WorkerStart = { settings, absence, messages: spoken(), drained: this.drained.buffer };
    const worker = new Worker(path.join(__dirname, 'thread', 'worker.js'), { workerData });
    worker.on('message', (message: FromWorker) => this.onMessage(message));
    worker.on('error', (error) => this.fail('WORKER', error.message));
    worker.once('exit', () => this.onThreadEnd());
    return worker;
  }

  /** The thread has failed: MISP goes on while there is none, so the next one takes its place at once. */
  private onThreadEnd(): void {
    if (this.closing) return;
    this.inHand.clear();
    setTimeout(() => {
      if (this.closing) return;
      this.worker = this.startThread();
      for (const message of this.told.values()) this.send(message);
      this.connectQueue();
      for (const [name, { list }] of this.lists) this.send({ type: 'list', name, list });
      if (this.haveListsCome) this.send({ type: 'listsCame' });
    }, RESTART_MS);
  }

  /**
   * The process ends. The other thread still runs: it answers what is open while this one waits, else
   * MISP would see a broken connection and go on.
   */
  drain(): void {
    this.send({ type: 'drain' });
    Atomics.wait(this.drained, 0, 0, DRAIN_MS);
  }

  private send(message: ToWorker): void {
    if (message.type === 'module') this.told.set(message.module.name, message);
    else if (message.type === 'forget') this.told.delete(message.name);
    this.worker.postMessage(message);
  }

  private onMessage(message: FromWorker): void {
    switch (message.type) {
      case 'query':
        return this.inHand.take(message.head, message.body);
      case 'answered':
        return this.onAnswered(message.id, message.by, message.module, message.blocked);
      case 'lost':
        this.inHand.end(message.id, 'lost');
        return;
      case 'late':
        return this.owners.get(message.module)?.onLate(message.wouldBlock);
      case 'counts':
        this.counts = message.counts;
        this.emit('counts', this.counts);
        return;
      case 'ask':
        return this.send({ type: 'told', what: message.what, answer: this.answerTo(message.what) });
      case 'debug':
        // Before anybody reads it: what fails there holds up nothing here.
        this.send({ type: 'debugTaken', bytes: message.body.byteLength });
        this.emit('debug', message.told, message.from, message.body);
        return;
      case 'heard':
        return this.lastContact.note(message.heard);
      case 'upstream':
        this.upstreamList = message.list;
        // A thread that takes the place of this one begins with it.
        if (this.settings.upstream) this.settings.upstream.list = message.list;
        this.emit('upstream', message.list);
        return;
      case 'listening':
        return this.setState({ state: 'listening', problem: this.problem });
      case 'failed':
        return this.fail(message.code, message.message);
      case 'closed':
        return;
    }
  }

  private answerTo(what: 'health' | 'metrics'): string | undefined {
    if (what === 'health') return '';
    try {
      return this.metrics?.();
    } catch {
      return undefined;
    }
  }

  private fail(code: string, message: string): void {
    this.setState({ state: 'failed', code, message });
  }

  private setState(state: ServiceState): void {
    this.current = state;
    this.emit('state', state);
  }

  private onAnswered(id: number, by: OwnAnswer, module: string, blocked: boolean): void {
    const inHand = this.inHand.end(id, by, blocked);
    if (!inHand) this.owners.get(module)?.onAnsweredFor(by, blocked);
    this.emit('answeredFor', { module, by, blocked, inHand });
  }
}
