import type { NodeAPI } from 'node-red';
import type { AnnouncedModule } from '../../src/listener/kinds';
import type { KnownModules } from '../../src/listener/known-modules';
import type { ListenerService } from '../../src/listener/service';
import { SharedModules } from '../../src/listener/shared-modules';
import type { RecordSet } from '../../src/records/records';
import { saidBy, words } from '../../src/text';
import { runtimeOf } from '../runtime';
import { queueOf } from './queue-keeper';

/** Pause before what failed is tried again, in milliseconds. */
const AGAIN_MS = 5000;

/** Services whose list has been completed once: from then on it is never less than what is known. */
const complete = new WeakSet<ListenerService>();

/** The modules of a listener, shared with the same listener of other Node-REDs if there is a Redis that they share. */
export class ListenerModules {
  private readonly shared: SharedModules;
  private set: { records: RecordSet; leave: () => void } | undefined;
  private isSettled = false;
  private isClosed = false;
  private hasFailed = false;
  private isBusy = false;
  private isAsked = false;
  private again: NodeJS.Timeout | undefined;

  /** @param warn told why the list is this Node-RED's own */
  constructor(
    private readonly RED: NodeAPI,
    private readonly id: string,
    readonly known: KnownModules,
    private readonly service: ListenerService,
    private readonly warn: (problem: string) => void,
  ) {
    this.shared = new SharedModules(known, {
      isSettled: () => this.isSettled && !this.isClosed,
      isLive: (name) => service.isAnnounced(name),
      added: (module) => (this.isSettled ? service.announceGone(module) : service.announceExpected(module)),
      removed: (name) => service.forget(name),
    });
    const { flows } = runtimeOf(RED);
    flows.on('stopping', this.onStopping);
    flows.on('started', this.onStarted);
    if (isToBeShared(RED) && !complete.has(service)) service.expectModules(true);
    this.soon();
  }

  add(module: AnnouncedModule): void {
    this.known.add(module);
    this.shared.announce(module);
    this.soon();
  }

  remove(name: string): void {
    this.known.remove(name);
    this.shared.remove(name);
    this.soon();
  }

  /** @param removed the listener was deleted, here and so everywhere */
  close(removed: boolean): void {
    this.isClosed = true;
    clearTimeout(this.again);
    const { flows } = runtimeOf(this.RED);
    flows.off('stopping', this.onStopping);
    flows.off('started', this.onStarted);
    this.set?.leave();
    if (!removed) return;
    this.known.clear();
    // Without Redis its modules stay there: they are listed again only if the same listener comes back.
    this.set?.records.transaction((records) => records.clear()).catch(() => undefined);
  }

  private readonly onStopping = () => (this.isSettled = false);
  private readonly onStarted = () => {
    this.isSettled = true;
    this.soon();
  };

  /** What is told at once is told together, and one after the other. */
  private soon(): void {
    this.isAsked = true;
    if (this.isBusy) return;
    this.isBusy = true;
    setImmediate(() => void this.syncAll());
  }

  private async syncAll(): Promise<void> {
    while (this.isAsked && !this.isClosed) {
      this.isAsked = false;
      await this.sync();
    }
    this.isBusy = false;
  }

  private async sync(): Promise<void> {
    clearTimeout(this.again);
    try {
      const records = queueOf(this.RED).records(`modules:${this.id}`);
      if (records !== this.set?.records) this.use(records);
      if (records) await this.shared.sync(records);
      this.hasFailed = false;
      // Whether they are shared is known when all nodes are there.
      if (!records && !this.isSettled) return;
    } catch (error) {
      if (this.isClosed) return;
      if (!this.hasFailed) this.warn(words(saidBy(error)));
      this.hasFailed = true;
      this.again = setTimeout(() => this.soon(), AGAIN_MS).unref();
    }
    if (complete.has(this.service)) return;
    complete.add(this.service);
    this.service.expectModules(false);
  }

  private use(records: RecordSet | undefined): void {
    this.set?.leave();
    this.set = records && { records, leave: records.watch(() => this.soon()) };
  }
}

/** Whether the flows have a store that shares: its node may come later. */
function isToBeShared(RED: NodeAPI): boolean {
  let isShared = false;
  RED.nodes.eachNode((saved) => {
    const { type, place, d } = saved as unknown as { type: string; place?: string; d?: boolean };
    if (type === 'misp-store' && place === 'redis' && d !== true) isShared = true;
  });
  return isShared;
}
