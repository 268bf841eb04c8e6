import http from 'node:http';
import https from 'node:https';
import { agentsOf } from '../../http/agents';
import type { UpstreamSettings } from '../upstream-settings';

export interface UpstreamRequest {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders | Record<string, string>;
  body?: Uint8Array;
}

/** Headers that belong to one connection, or say who MISP is to us. */
const OWN = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect']);
const TO_US = new Set([...OWN, 'host', 'authorization', 'content-length']);

/** Sends a request on, over a connection of its own: a pool would let it wait behind slow ones. */
export function callUpstream(
  { url, user, password, verify, tls }: UpstreamSettings,
  { method, path, headers, body }: UpstreamRequest,
): http.ClientRequest {
  const target = addressOf(url, path);
  const { httpsAgent } = agentsOf({ verify, tls: tls as Parameters<typeof agentsOf>[0]['tls'] });
  const kept = Object.entries(headers).filter(([name]) => !TO_US.has(name.toLowerCase()));
  const login = user
    ? { Authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` }
    : {};
  const options = {
    method,
    headers: { ...Object.fromEntries(kept), ...login, ...(body ? { 'Content-Length': body.length } : {}) },
  };
  const request =
    target.protocol === 'https:'
      ? https.request(target, { ...options, agent: httpsAgent })
      : http.request(target, { ...options, agent: false });
  request.end(body);
  return request;
}

/** Whoever asks chooses the path alone: never the host, which gets the service's login. */
function addressOf(url: string, path: string): URL {
  const target = new URL(url);
  const { pathname, search } = new URL(path, 'http://path.invalid');
  target.pathname = `${target.pathname.replace(/\/+$/, '')}${pathname}`;
  target.search = search;
  return target;
}

/** The headers of an answer, as they may go on. */
export function headersOn(headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.has(name)));
}

export interface UpstreamAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** The whole answer. @throws if there is none in time, or it is too large */
export function fetchFrom(
  settings: UpstreamSettings,
  asked: UpstreamRequest,
  { ms, most, signal }: { ms: number; most: number; signal?: AbortSignal },
): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    const request = callUpstream(settings, asked);
    const giveUp = (why: string) => request.destroy(new Error(why));
    const timer = setTimeout(() => giveUp('slow'), ms);
    signal?.addEventListener('abort', () => giveUp('closed'), { once: true });
    request.on('close', () => clearTimeout(timer));
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > most) giveUp('too large');
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('aborted', () => reject(new Error('cut')));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
  });
}
