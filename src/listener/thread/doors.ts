import { uptime } from '../../clock';
import { Door, type Address, type Handle } from './door';
import { StandIn } from './stand-in';

/** What comes in, and what becomes of listening. */
export interface DoorEvents {
  request: Handle;
  listening(): void;
  failed(error: NodeJS.ErrnoException): void;
}

const RETRY_MS = 2000;
/** How long the old address is served while the new one cannot be listened on. */
const MOVE_PATIENCE_MS = 10_000;

/**
 * The way into a service: listens, tries again when it cannot, and moves to another address without a moment in
 * which nobody listens, as far as the addresses can be had at the same time.
 */
export class Doors {
  /** The door that is open. */
  private current: Door | undefined;
  /** The one that is to be opened. */
  private next: Door | undefined;
  /** Serves the address of the next door while the current one is in its way. */
  private standIn: StandIn | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private patience: NodeJS.Timeout | undefined;
  private readonly retired = new Set<Door>();
  private closing = false;

  constructor(
    address: Address,
    private readonly events: DoorEvents,
  ) {
    this.open(address);
  }

  /** Listens at this address from now on. */
  move(address: Address): void {
    const { tls } = address;
    if (this.next?.isAt(address)) {
      this.next.useTls(tls);
      return this.standIn?.useTls(tls);
    }
    this.dropNext();
    if (!this.current?.isAt(address)) return this.open(address);
    this.current.useTls(tls);
    this.events.listening();
  }

  close(closed: () => void): void {
    this.closing = true;
    this.dropNext();
    const doors = [...this.retired, ...(this.current ? [this.current] : [])];
    let left = doors.length;
    if (left === 0) closed();
    for (const door of doors) door.close(() => --left === 0 && closed());
  }

  private retireCurrent(): void {
    if (this.current) this.retire(this.current);
    this.current = undefined;
  }

  /** Who waits in the queue of the socket when it closes is lost, so that is done when nobody does. */
  private retire(door: Door): void {
    this.retired.add(door);
    atQuietMoment(() => door.retire(() => this.retired.delete(door)));
  }

  private endStandIn(): void {
    for (const door of this.standIn?.end() ?? []) {
      door.stopListening(); // it may be in the way
      this.retire(door);
    }
    this.standIn = undefined;
  }

  private dropNext(): void {
    clearTimeout(this.retryTimer);
    clearTimeout(this.patience);
    this.patience = undefined;
    this.endStandIn();
    this.next?.server.close();
    this.next = undefined;
  }

  private open(address: Address): void {
    const door = new Door(address, (...request) => this.events.request(...request));
    this.next = door;
    let madeWay = false;
    door.server.on('listening', () => this.onListening(door));
    door.server.on('error', (error: NodeJS.ErrnoException) => {
      if (this.next !== door) return;
      const isOwn = error.code === 'EADDRINUSE' && this.current?.address.port === address.port;
      if (isOwn && !madeWay) {
        const makeWay = () => {
          madeWay = true;
          atQuietMoment(() => this.makeWay(door));
        };
        return this.standInFor(door, makeWay) || makeWay();
      }
      if (madeWay) this.current?.listen();
      madeWay = false;
      this.onFailed(door, error);
    });
    door.listen();
  }

  /** @returns whether the current door can serve the address of the next one for the time being */
  private standInFor(next: Door, quiet: () => void): boolean {
    const { current } = this;
    if (!current || !StandIn.canServe(current.address, next.address)) return false;
    this.standIn = new StandIn(current, next.address, {
      request: (...request) => this.events.request(...request),
      ready: () => this.events.listening(),
      failed: (error) => this.events.failed(error),
      quiet,
    });
    return true;
  }

  /**
   * The own socket is in the way: it is closed and the other one opened in one go. What is in the queue of the
   * old socket at that moment is lost.
   */
  private makeWay(door: Door): void {
    if (this.next !== door || this.closing) return;
    this.endStandIn();
    this.current?.stopListening();
    door.listen();
  }

  private onListening(door: Door): void {
    if (this.next !== door) return;
    clearTimeout(this.patience);
    this.patience = undefined;
    this.retireCurrent();
    this.current = door;
    this.next = undefined;
    this.events.listening();
  }

  private onFailed(door: Door, error: NodeJS.ErrnoException): void {
    this.events.failed(error);
    this.retryTimer = setTimeout(() => door.listen(), RETRY_MS);
    if (!this.current || this.patience) return;
    this.patience = setTimeout(() => this.retireCurrent(), MOVE_PATIENCE_MS);
  }
}

/** A round of the thread's loop in which nothing happens takes less, in milliseconds. */
const QUIET_MS = 0.05;
const MOST_ROUNDS = 2000;

/** Calls `work` right after the thread has looked for connections and had nothing else to do meanwhile. */
function atQuietMoment(work: () => void, rounds = 0): void {
  const before = uptime();
  setImmediate(() => {
    if (uptime() - before < QUIET_MS || rounds >= MOST_ROUNDS) work();
    else atQuietMoment(work, rounds + 1);
  });
}
