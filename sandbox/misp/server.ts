import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { Page } from './page';
import { deny, problem, type RestAnswer } from './rest/answers';
import { route } from './rest/router';
import { firing } from './saves';
import { StandIn, type StandInSettings } from './stand-in';
import { ADMIN, userByKey } from './users';

export { ANALYST_KEY, API_KEY, ORG_ADMIN_KEY, PUBLISHER_KEY, READ_ONLY_KEY, READER_KEY } from './users';
export type { Fault, FaultSettings } from './faults';
export type { Outcome } from './workflows/outcome';
export type { Workflow } from './workflows/short-form';
export type { ActionServiceSettings, SentRequest } from './service/action-service';

export interface StandInOptions extends StandInSettings {
  /** 0 for any free one. */
  port: number;
  /** This machine only, unless told otherwise. */
  host?: string;
}

const MOST_BYTES = 100 * 1024 * 1024;

/** The stand-in with its web page and its REST API. */
export class StandInMisp extends StandIn {
  private readonly server = http.createServer((request, response) => void this.serve(request, response));
  private readonly page = new Page(() => this.port);
  private readonly host: string;
  private port: number;

  constructor(options: StandInOptions) {
    super(options);
    this.port = options.port;
    this.host = options.host ?? '127.0.0.1';
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, this.host, resolve);
    });
    this.port = (this.server.address() as { port: number }).port;
    return this;
  }

  get url(): string {
    return `http://${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const end = this.calls.begin(method, url);
    response.once('close', end);
    try {
      const sent = await read(request);
      const fault = this.faults.next(request, sent ?? '');
      await this.faults.wait();
      if (fault && this.faults.spoil(fault, response)) return;
      const { status, body, headers } = await this.answer(request, sent);
      if (fault === 'close-after') return void response.socket?.destroy();
      const text =
        typeof body === 'string' ? body : JSON.stringify(body, this.numericIds ? withNumbers : undefined);
      response.writeHead(status, { 'Content-Type': 'application/json; charset=UTF-8', ...headers });
      response.end(request.method === 'HEAD' ? '' : text);
    } catch {
      const { status, body } = problem(500, 'An Internal Error Has Occurred.', request.url ?? '/');
      if (!response.headersSent) {
        response.writeHead(status, { 'Content-Type': 'application/json; charset=UTF-8' });
      }
      response.end(JSON.stringify(body));
    }
  }

  private async answer(request: IncomingMessage, text: string | undefined): Promise<RestAnswer> {
    const { method = 'GET', url = '/', headers } = request;
    if (text === undefined) return problem(413, 'The request is too large.', url);
    const isGet = method === 'GET' || method === 'HEAD';
    const [pathname] = url.split('?', 1);
    if (isGet && pathname === '/') return this.page.html();
    if (isGet && pathname === '/users/login') return this.toPage('/');
    const fromPage = this.page.isIn(request);
    // Who does not ask for JSON is taken for a browser; MISP does not even look at the key.
    if (!fromPage && !wantsJson(request)) return this.toPage('/users/login');
    const user = fromPage ? ADMIN : userByKey(headers.authorization);
    if (!user) return deny(NO_ACCESS, url);
    const ofPage = await this.page.answer(this, { method, pathname, text });
    if (ofPage) return ofPage;
    const answer = () => route(this, { method, url, text, user });
    return this.firesTriggers ? firing(this, answer) : answer();
  }

  private toPage(target: string): RestAnswer {
    const headers = { 'Content-Type': 'text/html; charset=UTF-8', Location: `${this.url}${target}` };
    return { status: 302, body: '', headers };
  }
}

/** Ids, and what else a database has as whole numbers, as JSON numbers. */
function withNumbers(name: string, value: unknown): unknown {
  const isNumber = /(?:^|_)id$|^(?:timestamp|publish_timestamp|distribution|analysis|attribute_count)$/.test(
    name,
  );
  return isNumber && typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

const NO_ACCESS =
  'Authentication failed. Please make sure you pass the API key of an API enabled user along in the ' +
  'Authorization header.';

function wantsJson({ url = '/', headers }: IncomingMessage): boolean {
  return (headers.accept ?? '').includes('application/json') || /^[^?]*\.json(\?|$)/.test(url);
}

/** The body as text, or nothing if it is too large. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  return bytes > MOST_BYTES ? undefined : Buffer.concat(chunks).toString();
}

/** Starts a stand-in MISP. */
export function startStandInMisp(options: StandInOptions): Promise<StandInMisp> {
  return new StandInMisp(options).start();
}
