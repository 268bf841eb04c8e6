import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from '../text';
import { declaredLength, withoutCopy } from './body';
import { Breaker } from './breaker';
import { Contacts } from './contacts';
import { credentialCheck, type Check } from './credentials';
import { Doors } from './doors';
import { ModuleList } from './module-list';
import { Query, refuse, sendJson } from './query';
import { REDEPLOY_WAIT_MS } from './protocol';
import type {
  Absence,
  AnnouncedModule,
  FromWorker,
  ModuleState,
  OwnAnswer,
  ServiceSettings,
} from './protocol';
import { Refusals } from './refusals';
import { Room } from './room';
import { scanBody, type Scan } from './scan';
import { version } from '../../package.json';

type Post = (message: FromWorker, transfer?: ArrayBuffer[]) => void;

/** Until the module of a request is known, this is its deadline in milliseconds. MISP waits 10 s. */
const UNKNOWN_DEADLINE_MS = 8000;
/** By how much an answer is earlier than a time-out that MISP tells, if that is not very short. */
const MISP_MARGIN_MS = 1000;
/** So long an accepted run counts at most: not everything tells when it has ended. */
const ACCEPTED_MS = 10 * 60_000;
const COUNT_INTERVAL_MS = 500;

/**
 * The HTTP service that MISP calls, in a thread of its own: it owns the socket, the list of modules and
 * the deadlines, so that MISP gets its answer whatever the main thread does. With valid credentials
 * `/query` is always answered 200 (DESIGN section 3).
 */
export class ListenerServer {
  private settings: ServiceSettings;
  private allowed: Check;
  private readonly doors: Doors;
  private readonly modules = new ModuleList();
  private readonly breaker = new Breaker();
  private readonly queries = new Map<number, Query>();
  /** Requests for a trigger that is being redeployed, by module. */
  private readonly waiting = new Map<string, Query[]>();
  private readonly waitTimers = new Map<string, NodeJS.Timeout>();
  private readonly room = new Room();
  private readonly refusals = new Refusals();
  private readonly contacts = new Contacts();
  private readonly counts = { rejected: 0, reported: '' };
  private readonly timers: NodeJS.Timeout[] = [];
  private heldBytes = 0;
  private nextId = 1;

  constructor(
    settings: ServiceSettings,
    private absence: Absence | undefined,
    private readonly post: Post,
  ) {
    this.settings = settings;
    this.allowed = credentialCheck(settings.access);
    this.timers.push(setInterval(() => this.report(), COUNT_INTERVAL_MS));
    this.doors = new Doors(settings, {
      request: (request, response, expectsContinue) => this.route(request, response, expectsContinue),
      listening: () => this.post({ type: 'listening' }),
      failed: ({ code = 'ERROR', message }) => this.post({ type: 'failed', code, message }),
    });
  }

  configure(settings: ServiceSettings): void {
    this.settings = settings;
    this.allowed = credentialCheck(settings.access);
    this.doors.move(settings);
  }

  /** Why no trigger can take requests, or that they can again. */
  setAbsence(absence: Absence | undefined): void {
    this.absence = absence;
    for (const module of this.modules.names('waiting')) {
      if (!absence) this.waitForTrigger(module);
      else if (!absence.waits) this.takeWaiting(module).forEach((query) => this.answerAbsent(query, absence));
    }
  }

  setModule(module: AnnouncedModule, state: ModuleState): void {
    // It is told with each deploy, and whoever deploys may have mended the flow: it is asked again.
    this.breaker.answered(module.name);
    this.modules.set(module, state);
    if (state === 'waiting') this.waitForTrigger(module.name);
    else this.endWait(module.name, state);
  }

  forget(name: string): void {
    this.modules.forget(name);
    this.endWait(name, 'gone');
  }

  /** The flow's answer. One that comes after the service's own answer is reported as late. */
  answer(id: number, error: string | undefined, goesOn = false): void {
    const query = this.queries.get(id);
    if (!query) return;
    const module = query.module?.name ?? '';
    if (query.answered) this.post({ type: 'late', id, module, wouldBlock: error !== undefined });
    else if (query.module) this.breaker.answered(query.module.name);
    query.answer(error);
    if (goesOn) this.accept(query);
    else this.release(query);
  }

  /** What waits for the main thread is bounded elsewhere than what it works on. */
  private accept(query: Query): void {
    this.heldBytes -= query.held;
    query.accepted = true;
    this.room.accept(query);
    query.expireAfter(ACCEPTED_MS, () => this.release(query));
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
    for (const timer of [...this.timers, ...this.waitTimers.values()]) clearInterval(timer);
    for (const query of this.queries.values()) this.answerByPolicy(query, 'stopping', 'service.stopping');
    this.doors.close(() => this.post({ type: 'closed' }));
  }

  private report(): void {
    this.reportCounts();
    const heard = this.contacts.take();
    if (heard) this.post({ type: 'heard', heard });
  }

  private reportCounts(): void {
    const { count: refused, shutOut } = this.refusals;
    const { rejected, reported } = this.counts;
    const now = [refused, shutOut, rejected].join();
    if (now === reported || (reported === '' && refused + rejected === 0)) return;
    this.counts.reported = now;
    this.post({ type: 'counts', counts: { refused, shutOut, rejected } });
  }

  private route(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/healthcheck') return sendJson(response, 200, { status: true });
    const address = request.socket.remoteAddress ?? '';
    const admit = (isAllowed: boolean) => {
      if (isAllowed) this.refusals.cameIn(address);
      else this.refusals.refused(address);
      if (isAllowed) return this.serve(path, request, response, expectsContinue);
      refuse(response, 401, 'service.unauthorized', { 'WWW-Authenticate': 'Basic realm="misp"' });
    };
    const isAllowed = this.allowed(request.headers.authorization, address);
    if (typeof isAllowed === 'boolean') admit(isAllowed);
    else void isAllowed.then(admit);
  }

  private serve(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ): void {
    const method = path === '/query' ? 'POST' : 'GET';
    if (!['/modules', '/query', '/version'].includes(path)) return refuse(response, 404, 'service.notFound');
    if (request.method !== method) {
      return refuse(response, 405, 'service.methodNotAllowed', { Allow: method }, { method });
    }
    if (path === '/modules') {
      this.contacts.fetched();
      sendJson(response, 200, this.modules.text);
    } else if (path === '/version') sendJson(response, 200, { version });
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
    const entry = scan.module === undefined ? undefined : this.modules.get(scan.module);
    if (scan.module !== undefined && !entry)
      return this.reject(query, text('service.unknownModule', { module: scan.module }));
    query.module = entry?.module;
    if (entry) this.contacts.asked(entry.module.name);
    if (entry) this.setDeadline(query, entry.module, scan.timeout);
    if (entry?.state === 'gone') return this.answerByPolicy(query, 'gone', 'service.gone');
    if (this.absence && !this.absence.waits) return this.answerAbsent(query, this.absence);
    if (entry?.state === 'waiting') return this.wait(query, entry.module.name);
    this.forward(query, scan);
  }

  /** The flow's deadline, or MISP's own time-out if that is shorter: newer MISPs tell it. */
  private setDeadline(query: Query, { deadlineMs }: AnnouncedModule, timeout = 0): void {
    const mispMs = timeout > 0 ? timeout * 1000 : Infinity;
    const inTime = mispMs - Math.min(MISP_MARGIN_MS, mispMs / 2);
    if (inTime < deadlineMs) query.mispTimeout = timeout;
    query.expireAfter(Math.min(deadlineMs, inTime), () => this.expire(query));
  }

  private forward(query: Query, scanned?: Scan): void {
    const { module } = query;
    if (module && this.breaker.isOpen(module.name)) {
      return this.answerByPolicy(query, 'breaker', 'service.breaker');
    }
    if (!this.room.hasRoomFor(query, this.settings.limits, this.modules.living)) return this.overload(query);
    query.forwarded = true;
    this.room.enter(query);
    const content = query.body.content;
    const scan = scanned ?? scanBody(content, this.settings.limits.depth);
    const body = withoutCopy(content, scan);
    query.body.discard();
    const head = {
      id: query.id,
      module: module?.name ?? '',
      receivedAt: query.receivedAt,
      deadline: query.deadline,
      mispTimeout: query.mispTimeout,
      flattenedCut: scan.flattened !== undefined,
      suspicious: scan.suspicious,
      keyed: scan.keyed,
    };
    this.post({ type: 'query', head, body }, [body.buffer]);
  }

  private wait(query: Query, module: string): void {
    const list = this.waiting.get(module);
    if (list) list.push(query);
    else this.waiting.set(module, [query]);
  }

  private waitForTrigger(module: string): void {
    clearTimeout(this.waitTimers.get(module));
    if (this.absence) return; // then it is known how it goes on
    const timer = setTimeout(() => {
      const entry = this.modules.get(module);
      if (entry?.state === 'waiting' && !this.absence) this.setModule(entry.module, 'gone');
    }, REDEPLOY_WAIT_MS);
    this.waitTimers.set(module, timer);
  }

  private endWait(module: string, state: ModuleState): void {
    clearTimeout(this.waitTimers.get(module));
    this.waitTimers.delete(module);
    for (const query of this.takeWaiting(module)) {
      if (query.answered) continue;
      if (state === 'live') this.forward(query);
      else this.answerByPolicy(query, 'gone', 'service.gone');
    }
  }

  private takeWaiting(module: string): Query[] {
    const list = this.waiting.get(module) ?? [];
    this.waiting.delete(module);
    return list;
  }

  private expire(query: Query): void {
    if (query.answered) return;
    const { module } = query;
    if (this.absence) return this.answerAbsent(query, this.absence);
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

  private answerAbsent(query: Query, { key, params }: Absence): void {
    this.finish(query, 'absent', text(key, { ...params, module: query.module?.name ?? '' }));
  }

  private answerByPolicy(query: Query, by: OwnAnswer, key: string, flushed?: () => void): void {
    // A module whose flow is gone, or does not run, blocks whatever its policy was: nobody decides there.
    const blocks = query.policy === 'block' || by === 'gone' || this.absence !== undefined;
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
    query.end();
    if (!query.accepted) this.heldBytes -= query.held;
    this.room.leave(query);
  }
}
