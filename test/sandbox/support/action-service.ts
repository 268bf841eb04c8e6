import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived, headers in their order. */
export interface Seen {
  method: string;
  path: string;
  headers: [name: string, value: string][];
  text: string;
  /** Since the first request, in milliseconds. */
  at: number;
}

export interface Script {
  status?: number;
  body?: string | Buffer;
  headers?: Record<string, string>;
  delayMs?: number;
  /** Closes the connection instead of answering. */
  close?: boolean;
}

/** A module as misp-modules lists it. */
export const moduleEntry = (name: string, config: object = { blocking: true }) => ({
  name,
  type: 'action_mod',
  mispattributes: { config: {} },
  meta: { version: '0.1', author: 'test', description: 'A test module', 'module-type': ['action'], config },
});

/** A small Action service that writes down what it is asked, and answers as it was told. */
export class TestActionService {
  readonly seen: Seen[] = [];
  modules: Script = {};
  query: Script = {};
  port = 0;
  private readonly server = http.createServer((request, response) => this.take(request, response));

  constructor(private readonly list: unknown = [moduleEntry('nodered_block')]) {}

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  reset(): void {
    this.seen.length = 0;
    this.modules = {};
    this.query = {};
  }

  /** "GET /modules", "POST /query", ... */
  get calls(): string[] {
    return this.seen.map(({ method, path }) => `${method} ${path}`);
  }

  private started = 0;

  private take(request: http.IncomingMessage, response: http.ServerResponse): void {
    if (this.seen.length === 0) this.started = performance.now();
    const at = performance.now() - this.started;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      const headers = rawHeaders.flatMap((name, index): [string, string][] =>
        index % 2 === 0 ? [[name, rawHeaders[index + 1]]] : [],
      );
      this.seen.push({ method, path: url, headers, text: Buffer.concat(chunks).toString(), at });
      const isList = url.endsWith('/modules');
      const usual = isList ? JSON.stringify(this.list) : '{"data":true}';
      const script = isList ? this.modules : this.query;
      setTimeout(() => {
        if (script.close) return void response.destroy();
        response.writeHead(script.status ?? 200, script.headers).end(script.body ?? usual);
      }, script.delayMs ?? 0);
    });
  }
}
