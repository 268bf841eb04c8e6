import { WorkflowError } from '../text';

/**
 * What is used of the package `zeromq` (version 6). It is an optional dependency: declared here, so that the
 * types need no package, and loaded in one place only when a socket is wanted.
 */
export interface ZeroMq {
  Context: new () => object;
  Subscriber: new (options: SubscriberOptions) => SubscriberSocket;
  Publisher: new (options: PublisherOptions) => PublisherSocket;
  Reply: new (options: { context: object; linger: number }) => ReplySocket;
}

export interface ZmqSocket {
  /** What happens to its connections; ends when the socket is closed. */
  readonly events: AsyncIterable<SocketEvent>;
  readonly closed: boolean;
  /** The address that was bound or connected last, with the port that was chosen. */
  readonly lastEndpoint: string | null;
  close(): void;
}

export interface SocketEvent {
  type: string;
  error?: Error & { code?: string };
}

export interface SubscriberSocket extends ZmqSocket, AsyncIterable<Buffer[]> {
  /** Whether a message waits to be read. */
  readonly readable: boolean;
  subscribe(...prefixes: string[]): void;
  /** @throws if the address is none */
  connect(address: string): void;
}

export interface PublisherSocket extends ZmqSocket {
  bind(address: string): Promise<void>;
  unbind(address: string): Promise<void>;
  /** Only one at a time: the next is refused until the promise is fulfilled. */
  send(frame: Buffer | string): Promise<void>;
}

export interface ReplySocket extends ZmqSocket, AsyncIterable<Buffer[]> {
  bind(address: string): Promise<void>;
  send(frames: (Buffer | string)[]): Promise<void>;
}

interface CommonOptions {
  linger: number;
  ipv6?: boolean;
  heartbeatInterval?: number;
  heartbeatTimeout?: number;
}

export interface SubscriberOptions extends CommonOptions {
  receiveHighWaterMark?: number;
  maxMessageSize?: number;
  reconnectInterval?: number;
  connectTimeout?: number;
  handshakeInterval?: number;
  plainUsername?: string;
  plainPassword?: string;
}

export interface PublisherOptions extends CommonOptions {
  context?: object;
  sendHighWaterMark?: number;
  plainServer?: boolean;
}

/** How the package is loaded; tests give another way. */
export type Load = () => unknown;

// eslint-disable-next-line @typescript-eslint/no-require-imports -- only when a socket is wanted
const fromNodeModules: Load = () => require('zeromq') as unknown;

/**
 * The package `zeromq`.
 * @throws {WorkflowError} that says what to install, or that its binary does not run here
 */
export function loadZeroMq(load: Load = fromNodeModules): ZeroMq {
  try {
    return load() as ZeroMq;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === 'MODULE_NOT_FOUND') throw new WorkflowError('zmq.missing', {}, { cause: error });
    throw new WorkflowError('zmq.unusable', { problem: String(message).split('\n')[0] }, { cause: error });
  }
}
