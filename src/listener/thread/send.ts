import type { IncomingMessage, ServerResponse } from 'node:http';
import { words, type Text } from '../../text';
import { declaredLength } from './body';

/** How long a caller may go on sending after its answer, in milliseconds. */
const LINGER_MS = 5000;

/** Sends a JSON answer, also when the request's body has not been read. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: object | string,
  flushed?: () => void,
  headers: Record<string, string> = {},
): void {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  const unread = hasUnreadBody(response.req);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body, flushed);
  if (unread) lingerBriefly(response);
}

function hasUnreadBody(request: IncomingMessage): boolean {
  const announced = declaredLength(request) > 0 || request.headers['transfer-encoding'] !== undefined;
  return announced && !request.complete;
}

/**
 * A caller that is still sending would get a reset instead of our answer if the connection were closed
 * at once: what it sends is thrown away, for a while.
 */
function lingerBriefly({ req }: ServerResponse): void {
  req.removeAllListeners('data');
  req.resume();
  const timer = setTimeout(() => req.destroy(), LINGER_MS);
  for (const event of ['end', 'close']) req.once(event, () => clearTimeout(timer));
}

/** The error for callers who are not MISP. */
export function refuse(
  response: ServerResponse,
  status: 401 | 404 | 405,
  said: Text,
  headers: Record<string, string> = {},
): void {
  sendJson(response, status, { error: words(said) }, undefined, headers);
}
