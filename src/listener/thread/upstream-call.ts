import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type * as HttpModule from '../../http/client';
import type { HttpClient, HttpLimits, HttpStream } from '../../http/client';
import type { UpstreamSettings } from '../upstream-settings';

export interface UpstreamRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body?: Uint8Array;
}

/** The whole answer. */
export interface UpstreamAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Headers that belong to one connection, or say who MISP is to us. */
const OWN = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect']);
const TO_US = new Set([...OWN, 'host', 'authorization', 'proxy-authorization', 'content-length']);

/** How the misp-modules behind a listener is asked. */
export class UpstreamCalls {
  private readonly http: HttpClient;
  private readonly login: Record<string, string>;
  private open = 0;
  private closed = false;

  /** @throws {WorkflowError} if the proxy is no address */
  constructor(private readonly settings: UpstreamSettings) {
    const { user, password = '', verify, tls, proxy } = settings;
    this.http = new (clientClass())({ verify, tls, proxy, mostBytes: Infinity });
    const login = Buffer.from(`${user}:${password}`).toString('base64');
    this.login = user ? { authorization: `Basic ${login}` } : {};
  }

  /** Lets what is on its way come to its end. */
  close(): void {
    this.closed = true;
    if (this.open === 0) this.http.close();
  }

  /** @throws {HttpFailure} if no answer begins in time */
  async send({ method, path, headers, body }: UpstreamRequest, limits: HttpLimits): Promise<HttpStream> {
    const call = {
      method,
      url: addressOf(this.settings.url, path),
      headers: { ...headersOf(headers), ...this.login },
      body: body && Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    };
    this.open++;
    try {
      const answer = await this.http.open(call, limits);
      answer.body.once('close', () => this.ended());
      return answer;
    } catch (error) {
      this.ended();
      throw error;
    }
  }

  /** The whole answer. @throws if there is none in time, or it is too large */
  async fetch(
    asked: UpstreamRequest,
    { most, ...limits }: HttpLimits & { most: number },
  ): Promise<UpstreamAnswer> {
    const { status, headers, body } = await this.send(asked, limits);
    const chunks: Buffer[] = [];
    let size = 0;
    // What is thrown from here ends the connection.
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (Math.max(size, Number(headers['content-length'] ?? 0)) > most) throw new Error('tooLarge');
      chunks.push(chunk);
    }
    return { status, headers, body: Buffer.concat(chunks) };
  }

  private ended(): void {
    this.open--;
    if (this.closed && this.open === 0) this.http.close();
  }
}

/** Loading it takes 0.1 s, by which each listener would open later. */
function clientClass(): typeof HttpClient {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only where there is something behind
  return (require('../../http/client') as typeof HttpModule).HttpClient;
}

/** Whoever asks chooses the path alone: never the host, which gets the service's login. */
function addressOf(url: string, path: string): URL {
  const target = new URL(url);
  const { pathname, search } = new URL(path, 'http://path.invalid');
  target.pathname = `${target.pathname.replace(/\/+$/, '')}${pathname}`;
  target.search = search;
  return target;
}

/** The headers of a request that go on. */
function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name, value]) => !TO_US.has(name) && value !== undefined);
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

/** The headers of an answer, as they may go on. */
export function headersOn(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.has(name)));
}
