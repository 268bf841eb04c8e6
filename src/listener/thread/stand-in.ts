import net from 'node:net';
import { networkInterfaces } from 'node:os';
import { uptime } from '../../clock';
import { Door, type Address, type Handle } from './door';

/** Nobody came for that long: the old socket can be closed, and the new one opened, without losing anybody. */
const QUIET_MS = 3000;
const LOOK_MS = 1000;
const WILDCARDS = ['0.0.0.0', '::'];

/** What a stand-in needs of those whom it helps. */
export interface StandInEvents {
  request: Handle;
  /** All addresses are served. */
  ready(): void;
  failed(error: NodeJS.ErrnoException): void;
  /** The old socket may be closed now. */
  quiet(): void;
}

/**
 * Serves an address whose port is held by the service's own socket: 127.0.0.1 and 0.0.0.0 cannot be listened on at
 * the same time, and connections that wait in the queue of a socket are lost when it closes. So the old socket
 * stays until nobody comes. Where more addresses are wanted than it has, further sockets are opened beside it;
 * where fewer are, it admits nobody at the others.
 */
export class StandIn {
  private readonly beside = new Map<string, Door>();
  private readonly timer: NodeJS.Timeout;
  private isReady = false;

  /** @returns whether `old` can serve `wanted` in this way */
  static canServe(old: Address, wanted: Address): boolean {
    const [isWide, shallBeWide] = [old, wanted].map(({ host }) => WILDCARDS.includes(host));
    const isKnown = shallBeWide || net.isIP(wanted.host) !== 0;
    return Boolean(old.tls) === Boolean(wanted.tls) && isWide !== shallBeWide && isKnown;
  }

  constructor(
    private readonly old: Door,
    private wanted: Address,
    private readonly events: StandInEvents,
  ) {
    old.useTls(wanted.tls);
    old.admitOnly(WILDCARDS.includes(wanted.host) ? undefined : wanted.host);
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  useTls(tls: Address['tls']): void {
    this.wanted = { ...this.wanted, tls };
    for (const door of [this.old, ...this.beside.values()]) door.useTls(tls);
  }

  /** Is no longer needed. Returns the sockets that were opened beside the old one. */
  end(): Door[] {
    clearInterval(this.timer);
    this.old.admitOnly();
    return [...this.beside.values()];
  }

  /** Interfaces come and go. */
  private look(): void {
    for (const host of this.missing()) this.open(host);
    if (!this.isReady && [...this.beside.values()].every((door) => door.server.listening)) {
      this.isReady = true;
      this.events.ready();
    }
    const doors = [this.old, ...this.beside.values()];
    if (uptime() - Math.max(...doors.map((door) => door.lastCame)) > QUIET_MS) this.events.quiet();
  }

  private missing(): string[] {
    if (!WILDCARDS.includes(this.wanted.host)) return [];
    const served = [this.old.boundTo, ...this.beside.keys()];
    return addressesOfMachine(this.wanted.host).filter((host) => !served.includes(host));
  }

  private open(host: string): void {
    const door = new Door({ ...this.wanted, host }, this.events.request);
    this.beside.set(host, door);
    door.server.on('listening', () => this.look());
    door.server.on('error', (error: NodeJS.ErrnoException) => {
      this.beside.delete(host);
      this.events.failed(error);
    });
    door.listen();
  }
}

/** The addresses that a wildcard stands for, without those that are good for one link only. */
function addressesOfMachine(wildcard: string): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const wanted = all.filter(({ family, scopeid }) => family === 'IPv4' || (wildcard === '::' && !scopeid));
  return wanted.map(({ address }) => address);
}
