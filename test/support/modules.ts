import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Query = Record<string, unknown> & { module: string };

/** A service that speaks as misp-modules does: answers are `text/html`, whatever they are. */
export interface ModuleServiceStandIn {
  url: string;
  /** What was asked, in its order. */
  queries: Query[];
  headers: IncomingMessage['headers'][];
  lists: number;
  /** How many queries were there at the same time, at most. */
  most: number;
  modules: object[];
  /** Answers a query: what it gives is sent as JSON, unless it has answered itself. */
  answer: (query: Query, response: ServerResponse) => unknown;
  close(): Promise<void>;
}

export const moduleNamed = (name: string, input: string[], more: object = {}, meta: object = {}) => ({
  name,
  type: 'expansion',
  mispattributes: { input, ...more },
  meta: { name: `${name} of the test`, 'module-type': ['expansion', 'hover'], config: [], ...meta },
});

export async function startModules(modules: object[]): Promise<ModuleServiceStandIn> {
  let now = 0;
  const server = createServer((request, response) => void handle(request, response));
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    stand.headers.push(request.headers);
    const send = (data: unknown, status = 200) => {
      if (response.writableEnded || response.headersSent) return;
      response.writeHead(status, { 'Content-Type': 'text/html; charset=UTF-8' });
      response.end(JSON.stringify(data));
    };
    if (request.url === '/modules') {
      stand.lists += 1;
      return send(stand.modules);
    }
    if (request.url === '/healthcheck') return send({ status: true });
    if (request.url === '/version') return send({ version: '3.0.9' });
    const query = JSON.parse(body) as Query;
    stand.queries.push(query);
    now += 1;
    stand.most = Math.max(stand.most, now);
    const answer = await stand.answer(query, response);
    now -= 1;
    if (answer !== undefined) send(answer);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stand: ModuleServiceStandIn = {
    url: `http://127.0.0.1:${port}`,
    ...{ queries: [], headers: [], lists: 0, most: 0, modules },
    answer: () => ({ results: [] }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return stand;
}
