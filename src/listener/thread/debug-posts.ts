import type { IncomingMessage, ServerResponse } from 'node:http';
import { debugPostOf, type DebugPost } from '../../runs/misp-debug';
import type { Post } from './answers';
import { IncomingBody } from './body';
import { sendJson } from './send';

/** Of a larger post only the address is read: nothing in it is worth what it would cost. In bytes. */
const MOST_OF_ONE = 2 * 1024 * 1024;
/** What may be held here or be on its way to the main thread, all together. */
const MOST = { posts: 200, bytes: 16 * 1024 * 1024 };

/**
 * Takes what MISP's debug mode posts. MISP's workflow waits for each answer, so that it is given as soon as all is
 * there, whatever the main thread does; and nothing that comes here can stop anything.
 */
export class DebugPosts {
  private readonly held = { posts: 0, bytes: 0 };

  constructor(private readonly post: Post) {}

  /** Takes what is for it. @returns whether it did */
  handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): boolean {
    const told = request.method === 'POST' ? debugPostOf(request.url ?? '') : undefined;
    if (!told) return false;
    const from = request.socket.remoteAddress ?? '';
    let body: IncomingBody | undefined = new IncomingBody(0);
    const drop = () => {
      this.held.bytes -= body?.size ?? 0;
      body = undefined;
    };
    request.on('data', (chunk: Buffer) => {
      if (!body || !this.hasRoomFor(body, chunk.length)) return drop();
      body.append(chunk);
      this.held.bytes += chunk.length;
    });
    request.on('error', () => undefined);
    request.on('close', drop);
    request.on('end', () => {
      sendJson(response, 200, {});
      this.pass(told, from, body?.content ?? new Uint8Array());
      body = undefined;
    });
    if (expectsContinue) response.writeContinue();
    return true;
  }

  /** The main thread has taken a post. */
  taken(bytes: number): void {
    this.held.posts--;
    this.held.bytes -= bytes;
  }

  private hasRoomFor(body: IncomingBody, bytes: number): boolean {
    return body.size + bytes <= MOST_OF_ONE && this.held.bytes + bytes <= MOST.bytes;
  }

  /** What comes while the main thread has enough of them is not shown. */
  private pass(told: DebugPost, from: string, body: Uint8Array<ArrayBuffer>): void {
    if (this.held.posts >= MOST.posts) return void (this.held.bytes -= body.byteLength);
    this.held.posts++;
    this.post({ type: 'debug', told, from, body }, [body.buffer]);
  }
}
