import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that arrived. */
export interface Received {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  text: string;
  /** The body, if it is JSON. */
  json: unknown;
  at: number;
}

/** How a request is answered. */
export interface Reply {
  status: number;
  body?: string | object;
  headers?: Record<string, string>;
}

/** `silent` never answers; `cut` breaks the connection off. */
export type Script = Reply | 'silent' | 'cut';

/** Somebody who gets messages, on a real socket. */
export interface Receiver {
  url: string;
  host: string;
  received: Received[];
  /** Answers in order; the last one is repeated. */
  script: Script[];
  close(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { method = '', url = '', headers } = request;
      receiver.received.push({ method, path: url, headers, text, json: parsed(text), at: Date.now() });
      answer(response, receiver.script.length > 1 ? receiver.script.shift() : receiver.script[0]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    received: [],
    script: [{ status: 200, body: 'ok' }],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}

function answer(response: http.ServerResponse, script: Script = { status: 200 }): void {
  if (script === 'silent') return;
  if (script === 'cut') {
    response.destroy();
    return;
  }
  const { status, body = '', headers = {} } = script;
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'Content-Type': type, ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
