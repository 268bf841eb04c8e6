import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from '../../text';
import type { ServedList } from '../protocol';
import { credentialCheck, type Check } from './callers';
import { refuse, sendJson } from './send';

/** Where lists are fetched, each by its name behind it. */
const FOLDER = '/lists/';

/** So many fetches may be under way at a time; who comes then is to come again. */
const MOST_AT_ONCE = 200;
/** A fetch takes so long at most, in milliseconds: a slow reader keeps an old list in memory. */
const FETCH_MS = 5 * 60_000;
const LATER = { 'Retry-After': '30', 'Cache-Control': 'no-store' };

interface Held {
  list: ServedList;
  check: Check;
}

/** Serves lists to firewalls, each with credentials of its own, whatever the main thread does. */
export class Lists {
  private readonly lists = new Map<string, Held>();
  private underWay = 0;
  /** All lists have come: there are no others. */
  private areAll = false;

  set(name: string, list: ServedList): void {
    this.lists.set(name, { list, check: credentialCheck(list.access) });
  }

  haveCome(): void {
    this.areAll = true;
  }

  forget(name: string): void {
    this.lists.delete(name);
  }

  /** Takes what is for it. @returns whether it did */
  handle(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    if (!path.startsWith(FOLDER)) return false;
    const held = this.lists.get(path.slice(FOLDER.length));
    // A firewall that is told that there is no list may let everything through: it is to ask again.
    if (!held && !this.areAll) sendJson(response, 503, {}, undefined, LATER);
    else void this.admit(held, request, response);
    return true;
  }

  private async admit(held: Held | undefined, request: IncomingMessage, response: ServerResponse) {
    const { headers, method = '', socket } = request;
    const caller = await held?.check(headers.authorization, socket.remoteAddress ?? '');
    // Who does not log in is not told which lists there are.
    if (!held || !caller?.ok)
      return refuse(response, 401, text('service.wrongListLogin'), {
        'WWW-Authenticate': 'Basic realm="lists"',
      });
    if (method !== 'GET' && method !== 'HEAD')
      return refuse(response, 405, text('service.methodNotAllowed', { method: 'GET' }), {
        Allow: 'GET, HEAD',
      });
    const { bytes, etag } = held.list;
    if (bytes === undefined) return sendJson(response, 503, {}, undefined, LATER);
    const about = { ETag: etag, 'Cache-Control': 'no-cache' };
    if (isKnown(headers['if-none-match'], etag)) return void response.writeHead(304, about).end();
    if (this.underWay >= MOST_AT_ONCE) return sendJson(response, 503, {}, undefined, LATER);
    this.send(response, bytes, about, method === 'HEAD');
  }

  /** The bytes of one list are one piece that nobody changes: a fetch never gets parts of two. */
  private send(response: ServerResponse, bytes: Uint8Array, about: Record<string, string>, isHead: boolean) {
    this.underWay++;
    const timer = setTimeout(() => response.destroy(), FETCH_MS);
    response.once('close', () => {
      this.underWay--;
      clearTimeout(timer);
    });
    response.writeHead(200, {
      ...about,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': bytes.byteLength,
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(isHead ? undefined : bytes);
  }
}

/** Whether who asks has this list already. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const known = header.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return known.includes(etag) || header.trim() === '*';
}
