import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import { uptime } from './clock';
import type { TlsMaterial } from './protocol';

/** Where a service listens. */
export interface Address {
  host: string;
  port: number;
  tls?: TlsMaterial;
}

/** What comes in, and what becomes of listening. */
export interface DoorEvents {
  request(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void;
  listening(): void;
  failed(error: NodeJS.ErrnoException): void;
}

const RETRY_MS = 2000;
const CLOSE_GRACE_MS = 5000;
/** How long the old address is served while the new one cannot be listened on. */
const MOVE_PATIENCE_MS = 10_000;
/** After that long nothing of a closed door can be of use: no deadline is longer. */
const RETIRED_MS = 6 * 60_000;
/** Connections without a request end soon, so that thousands of idle ones take no place. */
const SERVER = { headersTimeout: 5000, requestTimeout: 60000, connectionsCheckingInterval: 1000 };

/** One listening socket, with the connections that came through it. */
class Door {
  readonly server: http.Server | https.Server;
  private isRetired = false;

  constructor(
    readonly address: Address,
    handle: DoorEvents['request'],
  ) {
    const { tls } = address;
    this.server = tls ? https.createServer({ ...SERVER, ...tls }) : http.createServer(SERVER);
    this.server.keepAliveTimeout = 15000;
    const route = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
      if (this.isRetired) response.setHeader('Connection', 'close');
      handle(request, response, expectsContinue);
    };
    this.server.on('request', (request, response) => route(request, response, false));
    this.server.on('checkContinue', (request, response) => route(request, response, true));
    this.server.on('clientError', onClientError);
  }

  listen(): void {
    this.server.listen(this.address.port, this.address.host);
  }

  isAt({ host, port, tls }: Address): boolean {
    const { address } = this;
    return address.host === host && address.port === port && Boolean(address.tls) === Boolean(tls);
  }

  useTls(tls: TlsMaterial | undefined): void {
    if (tls && this.server instanceof https.Server) this.server.setSecureContext(tls);
  }

  /** Nobody comes in any more. Connections stay: closing idle ones would cut off a request on its way. */
  stopListening(): void {
    net.Server.prototype.close.call(this.server);
  }

  /** Stops listening for good; each connection ends with its next answer. */
  retire(closed: () => void): void {
    this.isRetired = true;
    this.server.once('close', closed);
    this.stopListening();
    const end = () => {
      this.server.close();
      this.server.closeAllConnections();
    };
    setTimeout(end, RETIRED_MS).unref();
  }

  close(closed: () => void): void {
    const idle = setInterval(() => this.server.closeIdleConnections(), 50);
    const all = setTimeout(() => this.server.closeAllConnections(), CLOSE_GRACE_MS);
    this.server.close(() => {
      clearInterval(idle);
      clearTimeout(all);
      closed();
    });
    this.server.closeIdleConnections();
  }
}

/**
 * The way into a service: listens, tries again when it cannot, and moves to another address without a moment in
 * which nobody listens, as far as the addresses can be had at the same time.
 */
export class Doors {
  /** The door that is open. */
  private current: Door | undefined;
  /** The one that is to be opened. */
  private next: Door | undefined;
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
    if (this.next?.isAt(address)) return this.next.useTls(tls);
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

  private retire(): void {
    const door = this.current;
    if (!door) return;
    this.retired.add(door);
    door.retire(() => this.retired.delete(door));
    this.current = undefined;
  }

  private dropNext(): void {
    clearTimeout(this.retryTimer);
    clearTimeout(this.patience);
    this.patience = undefined;
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
        madeWay = true;
        return atQuietMoment(() => this.makeWay(door));
      }
      if (madeWay) this.current?.listen();
      madeWay = false;
      this.onFailed(door, error);
    });
    door.listen();
  }

  /**
   * The own socket is in the way: it is closed and the other one opened in one go. What is in the queue of the
   * old socket at that moment is lost.
   */
  private makeWay(door: Door): void {
    if (this.next !== door || this.closing) return;
    this.current?.stopListening();
    door.listen();
  }

  private onListening(door: Door): void {
    if (this.next !== door) return;
    clearTimeout(this.patience);
    this.patience = undefined;
    this.retire();
    this.current = door;
    this.next = undefined;
    this.events.listening();
  }

  private onFailed(door: Door, error: NodeJS.ErrnoException): void {
    this.events.failed(error);
    this.retryTimer = setTimeout(() => door.listen(), RETRY_MS);
    if (!this.current || this.patience) return;
    this.patience = setTimeout(() => this.retire(), MOVE_PATIENCE_MS);
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

function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
