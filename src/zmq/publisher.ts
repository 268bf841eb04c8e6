import { setTimeout } from 'node:timers/promises';
import { WorkflowError } from '../text';
import { WORKFLOW_TOPIC } from './topics';
import { answerLogins, type PlainLogin } from './zap';
import { loadZeroMq, type Load, type PublisherSocket, type ReplySocket } from './zeromq';

export interface PublisherSettings {
  /** `tcp://host:port`; `*` as host stands for all of this machine. */
  address: string;
  /** Asked of every subscriber; without it everybody who reaches the port reads everything. */
  login?: PlainLogin;
}

/** How long the end waits for the address to be free, in milliseconds. */
const FREE_MS = 1000;

/** What is sent last is given this time to leave, in milliseconds. */
const LINGER_MS = 1000;

/**
 * Publishes as MISP's action push-zmq does: one frame with topic, space and JSON. As in MISP, who does not listen
 * gets nothing, and a subscriber that does not read for 1000 messages misses the next ones.
 */
export class ZmqPublisher {
  /** The address with the port that was bound. */
  readonly address: string;
  private sending: Promise<void> = Promise.resolve();
  private closing: Promise<void> | undefined;
  private readonly freed: Promise<void>;

  private constructor(
    private readonly socket: PublisherSocket,
    private readonly logins: ReplySocket | undefined,
  ) {
    this.address = socket.lastEndpoint ?? '';
    this.freed = closedListener(socket);
  }

  /**
   * Binds the address.
   * @throws {WorkflowError} if the package `zeromq` is missing, or the address is none or in use
   */
  static async bind({ address, login }: PublisherSettings, load?: Load): Promise<ZmqPublisher> {
    const zmq = loadZeroMq(load);
    // A context of its own: another package's sockets have other logins.
    const context = new zmq.Context();
    const logins = login && (await answerLogins(zmq, context, login));
    const socket = new zmq.Publisher({
      context,
      linger: LINGER_MS,
      ipv6: address.includes('['),
      ...(login ? { plainServer: true } : {}),
    });
    try {
      await socket.bind(address);
    } catch (error) {
      socket.close();
      logins?.close();
      throw bindError(address, error);
    }
    return new ZmqPublisher(socket, logins);
  }

  /**
   * Publishes data, by default on the topic of push-zmq.
   * @throws {WorkflowError} if it is closed; what JSON.stringify throws
   */
  publish(data: unknown, topic: string = WORKFLOW_TOPIC): Promise<void> {
    if (this.closing) return Promise.reject(new WorkflowError('zmq.closed'));
    const frame = `${topic} ${JSON.stringify(data ?? null)}`;
    // The socket takes one at a time.
    const sent = this.sending.then(() => this.socket.send(frame));
    this.sending = sent.catch(() => undefined);
    return sent;
  }

  /** Sends what is on its way and frees the address. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    await this.sending;
    // Closing alone would free the address some time later.
    await this.socket.unbind(this.address).catch(() => undefined);
    await Promise.race([this.freed, setTimeout(FREE_MS, undefined, { ref: false })]);
    this.socket.close();
    this.logins?.close();
  }
}

/** Until the address is free: libzmq says so a moment after it was asked for it. */
function closedListener(socket: PublisherSocket): Promise<void> {
  return new Promise((resolve) => {
    const watch = async () => {
      for await (const { type } of socket.events) if (type === 'close') resolve();
      resolve();
    };
    watch().catch(() => resolve());
  });
}

function bindError(address: string, error: unknown): WorkflowError {
  const { code, message } = error as Error & { code?: string };
  if (code === 'EADDRINUSE') return new WorkflowError('zmq.addressInUse', { address }, { cause: error });
  if (code === 'EINVAL') return new WorkflowError('zmq.badAddress', { address }, { cause: error });
  return new WorkflowError('zmq.cannotBind', { address, problem: code ?? message }, { cause: error });
}
