import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { text } from '../text';
import { declaredLength, withoutCopy } from './body';
import { Breaker } from './breaker';
import { credentialCheck } from './credentials';
import { ModuleList } from './module-list';
import { Query, refuse, sendJson } from './query';
import { REDEPLOY_WAIT_MS } from './protocol';
import type { FromWorker, ModuleState, AnnouncedModule, OwnAnswer, ServiceSettings } from './protocol';
import { scanBody, type Scan } from './scan';
import { version } from '../../package.json';

type Post = (message: FromWorker, transfer?: ArrayBuffer[]) => void;

/** Until the module of a request is known, this is its deadline in milliseconds. MISP waits 10 s. */
const UNKNOWN_DEADLINE_MS = 8000;
const RETRY_LISTEN_MS = 2000;
const CLOSE_GRACE_MS = 5000;
const COUNT_INTERVAL_MS = 500;

/**
 * The HTTP service that MISP calls, in a thread of its own: it owns the socket, the list of modules and
 * the deadlines, so that MISP gets its answer whatever the main thread does. With valid credentials
 * `/query` is always answered 200 (DESIGN section 3).
 */
export class ListenerServer {
  private settings: ServiceSettings;
  private allowed: (header: string | undefined) => boolean;
  private readonly server: http.Server | https.Server;
  private readonly modules = new ModuleList();
  private readonly breaker = new Breaker();
  private readonly queries = new Map<number, Query>();
  /** Requests for a trigger that is being redeployed, by module. */
  private readonly waiting = new Map<string, Query[]>();
  private readonly waitTimers = new Map<string, NodeJS.Timeout>();
  private readonly forwarded = new Map<string, number>();
  private openRuns = 0;
  private readonly counts = { refused: 0, rejected: 0, reported: 0 };
  private readonly timers: NodeJS.Timeout[] = [];
  private retryTimer: NodeJS.Timeout | undefined;
  private heldBytes = 0;
  private nextId = 1;
  private closing = false;

  constructor(
    settings: ServiceSettings,
    private readonly post: Post,
  ) {
    this.settings = settings;
    this.allowed = credentialCheck(settings.credentials);
    // Connections without a request end soon, so that thousands of idle ones take no place.
    const options = { headersTimeout: 5000, requestTimeout: 60000, connectionsCheckingInterval: 1000 };
    this.server = settings.tls
      ? https.createServer({ ...options, ...settings.tls })
      : http.createServer(options);
    this.server.keepAliveTimeout = 15000;
    this.server.on('request', (request, response) => this.route(request, response));
    this.server.on('checkContinue', (request, response) => this.route(request, response, true));
    this.server.on('clientError', onClientError);
    this.server.on('error', (error: NodeJS.ErrnoException) => this.onListenError(error));
    this.server.on('listening', () => this.post({ type: 'listening' }));
    this.timers.push(setInterval(() => this.reportCounts(), COUNT_INTERVAL_MS));
    this.listen();
  }

  configure(settings: ServiceSettings): void {
    this.settings = settings;
    this.allowed = credentialCheck(settings.credentials);
    if (settings.tls && this.server instanceof https.Server) this.server.setSecureContext(settings.tls);
  }

  setModule(module: AnnouncedModule, state: ModuleState): void {
    this.modules.set(module, state);
    if (state === 'waiting') this.waitForTrigger(module.name);
    else this.endWait(module.name, state);
  }

  forget(name: string): void {
    this.modules.forget(name);
    this.endWait(name, 'gone');
  }

  /** The flow's answer. One that comes after the service's own answer is reported as late. */
  answer(id: number, error: string | undefined): void {
    const query = this.queries.get(id);
    if (!query) return;
    const module = query.module?.name ?? '';
    if (query.answered) this.post({ type: 'late', id, module, wouldBlock: error !== undefined });
    else if (query.module) this.breaker.answered(query.module.name);
    query.answer(error);
    this.release(query);
  }

  /** The main thread has nothing more to say to a request that was answered here. */
  ended(id: number): void {
    const query = this.queries.get(id);
    if (query) this.release(query);
  }

  /** Answers everything that is open by policy; `drained` is called when the answers have left. */
  drain(drained: () => void): void {
    const open = [...this.queries.values()].filter((query) => !query.answered);
    let left = open.length;
    const gone = () => {
      if (--left <= 0) drained();
    };
    if (left === 0) drained();
    for (const query of open) this.answerByPolicy(query, 'stopping', 'service.stopping', gone);
  }

  close(): void {
    this.closing = true;
    clearTimeout(this.retryTimer);
    for (const timer of [...this.timers, ...this.waitTimers.values()]) clearInterval(timer);
    for (const query of this.queries.values()) this.answerByPolicy(query, 'stopping', 'service.stopping');
    const idle = setInterval(() => this.server.closeIdleConnections(), 50);
    const all = setTimeout(() => this.server.closeAllConnections(), CLOSE_GRACE_MS);
    this.server.close(() => {
      clearInterval(idle);
      clearTimeout(all);
      this.post({ type: 'closed' });
    });
    this.server.closeIdleConnections();
  }

  private listen(): void {
    if (!this.closing) this.server.listen(this.settings.port, this.settings.host);
  }

  private onListenError(error: NodeJS.ErrnoException): void {
    this.post({ type: 'failed', code: error.code ?? 'ERROR', message: error.message });
    this.retryTimer = setTimeout(() => this.listen(), RETRY_LISTEN_MS);
  }

  private reportCounts(): void {
    const { refused, rejected, reported } = this.counts;
    if (refused + rejected === reported) return;
    this.counts.reported = refused + rejected;
    this.post({ type: 'counts', refused, rejected });
  }

  private route(request: IncomingMessage, response: ServerResponse, expectsContinue = false): void {
    const path = (request.url ?? '').split('?', 1)[0];
    const method = path === '/query' ? 'POST' : 'GET';
    if (path === '/healthcheck') return sendJson(response, 200, { status: true });
    if (!this.allowed(request.headers.authorization)) {
      this.counts.refused++;
      return refuse(response, 401, 'service.unauthorized', { 'WWW-Authenticate': 'Basic realm="misp"' });
    }
    if (!['/modules', '/query', '/version'].includes(path)) return refuse(response, 404, 'service.notFound');
    if (request.method !== method) {
      return refuse(response, 405, 'service.methodNotAllowed', { Allow: method }, { method });
    }
    if (path === '/modules') sendJson(response, 200, this.modules.text);
    else if (path === '/version') sendJson(response, 200, { version });
    else this.receive(request, response, expectsContinue);
  }

  private receive(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const length = declaredLength(request);
    const query = new Query(this.nextId++, response, length);
    this.queries.set(query.id, query);
    query.expireAfter(UNKNOWN_DEADLINE_MS, () => this.expire(query));
    response.on('close', () => this.hungUp(query, response));
    const { bodyBytes, waitingBytes } = this.settings.limits;
    if (length > bodyBytes) return this.rejectTooLarge(query);
    if (this.heldBytes + length > waitingBytes) return this.overload(query);
    if (expectsContinue) response.writeContinue();
    request.on('data', (chunk: Buffer) => this.onData(query, chunk));
    request.on('end', () => this.onBody(query));
    request.on('error', () => undefined);
  }

  private onData(query: Query, chunk: Buffer): void {
    if (query.answered) return;
    const { bodyBytes, waitingBytes } = this.settings.limits;
    if (query.body.size + chunk.length > bodyBytes) return this.rejectTooLarge(query);
    if (this.heldBytes + chunk.length > waitingBytes) return this.overload(query);
    query.body.append(chunk);
    query.held += chunk.length;
    this.heldBytes += chunk.length;
  }

  private onBody(query: Query): void {
    if (query.answered) return;
    const { depth } = this.settings.limits;
    const content = query.body.content;
    const scan = scanBody(content, depth);
    if (scan.depth > depth) return this.reject(query, text('service.tooDeep', { depth }));
    if (scan.module !== undefined) {
      const entry = this.modules.get(scan.module);
      if (!entry) return this.reject(query, text('service.unknownModule', { module: scan.module }));
      query.module = entry.module;
      query.expireAfter(entry.module.deadlineMs, () => this.expire(query));
      if (entry.state === 'gone') return this.answerByPolicy(query, 'gone', 'service.gone');
      if (entry.state === 'waiting') return this.wait(query, entry.module.name);
    }
    this.forward(query, scan);
  }

  private forward(query: Query, scanned?: Scan): void {
    const { module } = query;
    if (module && this.breaker.isOpen(module.name)) {
      return this.answerByPolicy(query, 'breaker', 'service.breaker');
    }
    if (!this.hasRoom(module)) return this.overload(query);
    query.forwarded = true;
    this.openRuns++;
    this.forwarded.set(module?.name ?? '', this.runsOf(module) + 1);
    const content = query.body.content;
    const scan = scanned ?? scanBody(content, this.settings.limits.depth);
    const body = withoutCopy(content, scan);
    query.body.discard();
    const head = {
      id: query.id,
      module: module?.name ?? '',
      receivedAt: query.receivedAt,
      deadline: query.deadline,
      flattenedCut: scan.flattened !== undefined,
      suspicious: scan.suspicious,
      keyed: scan.keyed,
    };
    this.post({ type: 'query', head, body }, [body.buffer]);
  }

  /** One module may take at most half of the places while there are others, so that none starves. */
  private hasRoom(module: AnnouncedModule | undefined): boolean {
    const { openRuns } = this.settings.limits;
    const share = this.modules.size > 1 ? Math.max(1, Math.floor(openRuns / 2)) : openRuns;
    return this.openRuns < openRuns && this.runsOf(module) < share;
  }

  private runsOf(module: AnnouncedModule | undefined): number {
    return this.forwarded.get(module?.name ?? '') ?? 0;
  }

  private wait(query: Query, module: string): void {
    const list = this.waiting.get(module);
    if (list) list.push(query);
    else this.waiting.set(module, [query]);
  }

  private waitForTrigger(module: string): void {
    clearTimeout(this.waitTimers.get(module));
    const timer = setTimeout(() => {
      const entry = this.modules.get(module);
      if (entry?.state === 'waiting') this.setModule(entry.module, 'gone');
    }, REDEPLOY_WAIT_MS);
    this.waitTimers.set(module, timer);
  }

  private endWait(module: string, state: ModuleState): void {
    clearTimeout(this.waitTimers.get(module));
    this.waitTimers.delete(module);
    const list = this.waiting.get(module) ?? [];
    this.waiting.delete(module);
    for (const query of list) {
      if (query.answered) continue;
      if (state === 'live') this.forward(query);
      else this.answerByPolicy(query, 'gone', 'service.gone');
    }
  }

  private expire(query: Query): void {
    if (query.answered) return;
    const { module } = query;
    if (module?.stallsSaving && query.forwarded) this.breaker.timedOut(module.name);
    this.answerByPolicy(query, 'deadline', 'service.deadline');
  }

  private overload(query: Query): void {
    this.answerByPolicy(query, 'overload', 'service.overload');
  }

  private rejectTooLarge(query: Query): void {
    const limit = Math.round(this.settings.limits.bodyBytes / 1024 / 1024);
    this.reject(query, text('service.tooLarge', { limit }));
  }

  /** A request that cannot be understood always blocks. */
  private reject(query: Query, error: string): void {
    this.counts.rejected++;
    this.finish(query, 'rejected', error);
  }

  private answerByPolicy(query: Query, by: OwnAnswer, key: string, flushed?: () => void): void {
    // A module whose flow is gone blocks whatever its policy was: nobody decides there any more.
    const blocks = query.policy === 'block' || by === 'gone';
    const error = blocks ? text(key, { module: query.module?.name ?? '' }) : undefined;
    this.finish(query, by, error, flushed);
  }

  private finish(query: Query, by: OwnAnswer, error: string | undefined, flushed?: () => void): void {
    if (!query.answer(error, flushed)) return;
    const module = query.module?.name ?? '';
    if (by !== 'rejected') {
      this.post({ type: 'answered', id: query.id, by, module, blocked: error !== undefined });
    }
    // What the main thread holds counts until it says that it is through.
    if (!query.forwarded) this.release(query);
  }

  private hungUp(query: Query, response: ServerResponse): void {
    if (response.writableFinished || query.answered) return;
    query.abandon();
    this.post({ type: 'lost', id: query.id, module: query.module?.name ?? '' });
    if (!query.forwarded) this.release(query);
  }

  private release(query: Query): void {
    if (!this.queries.delete(query.id)) return;
    this.heldBytes -= query.held;
    if (!query.forwarded) return;
    this.openRuns--;
    this.forwarded.set(query.module?.name ?? '', this.runsOf(query.module) - 1);
  }
}

function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
