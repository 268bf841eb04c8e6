import { timingSafeEqual } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { ReplySocket, ZeroMq } from './zeromq';

/** User and password that a publisher asks for. */
export interface PlainLogin {
  user: string;
  password: string;
}

/** Where libzmq asks whether a login is right (ZeroMQ's RFC 27). */
const ZAP_ADDRESS = 'inproc://zeromq.zap.01';

/**
 * Answers libzmq whether a login is right, for all sockets of `context`. Without it libzmq lets everybody in.
 * @returns the socket to close at the end
 */
export async function answerLogins(zmq: ZeroMq, context: object, login: PlainLogin): Promise<ReplySocket> {
  const socket = new zmq.Reply({ context, linger: 0 });
  await socket.bind(ZAP_ADDRESS);
  void answer(socket, login);
  return socket;
}

/** Request: version, id, domain, address, identity, mechanism, user, password. */
async function answer(socket: ReplySocket, login: PlainLogin): Promise<void> {
  try {
    for await (const [version, id, , , , mechanism, user, password] of socket) {
      const isPlain = String(mechanism) === 'PLAIN';
      const isRight = isPlain && equal(user, login.user) && equal(password, login.password);
      await socket.send([version, id, ...(isRight ? ['200', 'OK'] : ['400', 'refused']), '', '']);
    }
  } catch {
    // Closed while it waited or answered: then there is nobody to let in.
    socket.close();
  }
}

/** Takes the same time wherever the texts differ. */
function equal(given: Buffer | undefined, wanted: string): boolean {
  return timingSafeEqual(digest(given ?? Buffer.alloc(0)), digest(wanted));
}

function digest(value: Buffer | string): Buffer {
  return createHash('sha256').update(value).digest();
}
