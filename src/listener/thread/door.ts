import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import { uptime } from '../../clock';
import type { TlsMaterial } from '../protocol';

/** Where a service listens. */
export interface Address {
  host: string;
  port: number;
  tls?: TlsMaterial;
}

export type Handle = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void;

const CLOSE_GRACE_MS = 5000;
/** After that long nothing of a closed door can be of use: no deadline is longer. */
const RETIRED_MS = 6 * 60_000;
/** Connections without a request end soon, so that thousands of idle ones take no place. */
const SERVER = { headersTimeout: 5000, requestTimeout: 60000, connectionsCheckingInterval: 1000 };

/** One listening socket, with the connections that came through it. */
export class Door {
  readonly server: http.Server | https.Server;
  /** When somebody last came in, by the monotonic clock, in milliseconds. */
  lastCame = uptime();
  private isRetired = false;
  /** The one address of this machine at which people come in, or all at which it listens. */
  private only: string | undefined;

  constructor(
    readonly address: Address,
    handle: Handle,
  ) {
    const { tls } = address;
    this.server = tls ? https.createServer({ ...SERVER, ...tls }) : http.createServer(SERVER);
    this.server.keepAliveTimeout = 15000;
    const route = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
      if (this.isRetired || !this.admits(request.socket)) response.setHeader('Connection', 'close');
      handle(request, response, expectsContinue);
    };
    this.server.on('request', (request, response) => route(request, response, false));
    this.server.on('checkContinue', (request, response) => route(request, response, true));
    this.server.on('clientError', onClientError);
    this.server.on('connection', (socket: Socket) => this.onConnection(socket));
  }

  /** The address of this machine at which it listens. */
  get boundTo(): string | undefined {
    const bound = this.server.address();
    return typeof bound === 'object' ? bound?.address : undefined;
  }

  listen(): void {
    this.server.listen(this.address.port, this.address.host);
  }

  isAt({ host, port, tls }: Address): boolean {
    const { address } = this;
    return address.host === host && address.port === port && Boolean(address.tls) === Boolean(tls);
  }

  /**
   * Lets nobody in who comes to another address of this machine, and ends connections that came there with their
   * next answer; without a host, everybody again.
   */
  admitOnly(host?: string): void {
    this.only = host;
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

  private onConnection(socket: Socket): void {
    this.lastCame = uptime();
    if (!this.admits(socket)) socket.destroy();
  }

  private admits({ localAddress }: Socket): boolean {
    return this.only === undefined || localAddress?.replace(/^::ffff:(?=\d+\.)/, '') === this.only;
  }
}

function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
