import { WorkflowError } from '../text';
import type { Load, SocketEvent, SubscriberOptions, SubscriberSocket } from './zeromq';
import { loadZeroMq } from './zeromq';

/** Where MISP publishes, and what of it is wanted. */
export interface ConnectionSettings {
  /** `tcp://host:port` */
  address: string;
  prefixes: readonly string[];
  user?: string;
  password?: string;
  /** Larger messages make libzmq close the connection before they are in memory; in bytes. */
  messageCeiling: number;
}

/** Why there is no connection. */
export type Trouble = 'unreachable' | 'wrongLogin' | 'notPublisher';

export interface ConnectionListener {
  onConnected(): void;
  onDisconnected(trouble: Trouble): void;
  onFrame(frame: Buffer): void;
}

/** Messages that libzmq itself keeps while this process does not read. */
export const HIGH_WATER_MARK = 2000;

/** MISP's publisher waits a second before it sends what has piled up: who is back by then loses nothing. */
const RECONNECT_MS = 250;

/** libzmq gives up for good after a message above the ceiling; pause before a new socket, in milliseconds. */
const GIVEN_UP_MS = 1000;

/** The same after a refused login, which a try a second would not mend. */
const RETRY_MS = 10_000;

const OPTIONS: SubscriberOptions = {
  linger: 0,
  receiveHighWaterMark: HIGH_WATER_MARK,
  reconnectInterval: RECONNECT_MS,
  connectTimeout: 5000,
  handshakeInterval: 10_000,
  // A connection whose other end vanished without a word is noticed by ZeroMQ's own pings.
  heartbeatInterval: 5000,
  heartbeatTimeout: 15_000,
};

/**
 * A connection to MISP's publisher that comes back by itself: libzmq reconnects, and where it gives up, a
 * new socket is made.
 */
export class Connection {
  private socket: SubscriberSocket | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private trouble: Trouble = 'unreachable';
  /** Handshakes that failed in a row. */
  private broken = 0;

  /** @throws {WorkflowError} if the package `zeromq` is missing or the address is none */
  constructor(
    private readonly settings: ConnectionSettings,
    private readonly listener: ConnectionListener,
    private readonly load?: Load,
  ) {
    this.open();
  }

  /** Whether a frame waits in libzmq. */
  get readable(): boolean {
    return this.socket?.readable ?? false;
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  private open(): void {
    const { address, prefixes, user, password = '', messageCeiling } = this.settings;
    const { Subscriber } = loadZeroMq(this.load);
    const socket = new Subscriber({
      ...OPTIONS,
      maxMessageSize: messageCeiling,
      ipv6: address.includes('['),
      ...(user ? { plainUsername: user, plainPassword: password } : {}),
    });
    socket.subscribe(...prefixes);
    this.socket = socket;
    // Before it connects, or the first events are missed.
    void this.watch(socket);
    void this.read(socket);
    try {
      socket.connect(address);
    } catch (error) {
      this.close();
      throw new WorkflowError('zmq.badAddress', { address }, { cause: error });
    }
  }

  private async watch(socket: SubscriberSocket): Promise<void> {
    try {
      for await (const event of socket.events) if (this.socket === socket) this.noteEvent(event);
    } catch {
      if (!socket.closed) this.renewIn(RETRY_MS);
    }
  }

  private async read(socket: SubscriberSocket): Promise<void> {
    try {
      // MISP sends one frame per message; of others the first is taken, which then is not readable.
      for await (const [frame] of socket) if (this.socket === socket) this.listener.onFrame(frame);
    } catch {
      if (!socket.closed) this.renewIn(RETRY_MS);
    }
  }

  private noteEvent({ type, error }: SocketEvent): void {
    if (type === 'handshake') {
      this.fresh();
      this.listener.onConnected();
    } else if (type === 'handshake:error:auth' || error?.code === 'ERR_ZMTP_MECHANISM_MISMATCH') {
      this.trouble = 'wrongLogin';
    } else if (type.startsWith('handshake:error')) {
      // Once can be a publisher that just stops.
      if (++this.broken > 1 && this.trouble === 'unreachable') this.trouble = 'notPublisher';
    } else if (type === 'close') {
      // Refused by the network: what an earlier partner said does not hold any more.
      this.fresh();
      this.listener.onDisconnected(this.trouble);
    } else if (type === 'disconnect') {
      this.listener.onDisconnected(this.trouble);
      // Unless libzmq says that it tries again.
      this.renewIn(this.trouble === 'unreachable' ? GIVEN_UP_MS : RETRY_MS);
    } else if (type === 'connect:retry') clearTimeout(this.timer);
  }

  private fresh(): void {
    this.trouble = 'unreachable';
    this.broken = 0;
  }

  private renewIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.drop();
      if (!this.closed) this.open();
    }, ms);
    this.timer.unref();
  }

  private drop(): void {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
  }
}
