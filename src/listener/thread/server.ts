import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MessagePort } from 'node:worker_threads';
import { Contacts } from '../contacts';
import type { AnnouncedModule } from '../kinds';
import type { Reply } from '../kinds/kind';
import type { Absence, ModuleState, ServiceLimits, ServiceSettings } from '../protocol';
import { Answers, type Post } from './answers';
import { DebugPosts } from './debug-posts';
import { Desk } from './desk';
import { Doors } from './doors';
import { Front } from './front';
import { HandOver } from './hand-over';
import { Intake } from './intake';
import { ListWait } from './list-wait';
import { Lists } from './lists';
import { Monitor } from './monitor';
import { Places } from './places';
import { Storing } from './storing';
import type { UpstreamSettings } from '../upstream-settings';
import type { Query } from './query';
import { Upstream } from './upstream';

/** So long an accepted run counts at most: not everything tells when it has ended. */
const ACCEPTED_MS = 10 * 60_000;
const REPORT_INTERVAL_MS = 500;
/** Bytes of a request that is neither a query nor for the list. */
const MOST_ELSEWHERE = 1024 * 1024;

/**
 * The HTTP service that MISP calls, in a thread of its own: it owns the socket, the list of modules and
 * the deadlines, so that MISP gets its answer whatever the main thread does. With valid credentials
 * `/query` is always answered 200 (docs/architecture.md, "The way of a request").
 *
 * The rooms through which a request comes: doors, front, intake, desk, and from there, if it has a place, hand-over.
 */
export class ListenerServer {
  readonly monitor: Monitor;
  readonly debugPosts: DebugPosts;
  readonly lists = new Lists();
  readonly listWait = new ListWait();
  private readonly answers: Answers;
  private readonly front: Front;
  private readonly intake: Intake;
  private readonly desk: Desk;
  private readonly places: Places;
  private readonly storing: Storing;
  private readonly doors: Doors;
  private readonly reports: NodeJS.Timeout;
  private readonly contacts = new Contacts();
  private reported = '';
  private upstreamNow = '';

  /** @param absence why no trigger can take requests */
  constructor(
    { access, metrics, limits, upstream, expected, ...address }: ServiceSettings,
    absence: Absence | undefined,
    private readonly post: Post,
  ) {
    this.answers = new Answers(absence, post, (query) => this.released(query));
    this.places = new Places(limits);
    this.storing = new Storing(this.answers);
    const handOver = new HandOver(this.places, this.answers, post, this.storing);
    this.desk = new Desk(this.answers, this.places, handOver, this.contacts);
    this.intake = new Intake(limits, this.answers, {
      complete: (query, scan) => this.desk.decide({ query, scan }),
      expired: (query) => this.desk.expire(query),
    });
    this.monitor = new Monitor(() => this.desk.trouble, post);
    this.monitor.configure(metrics);
    this.debugPosts = new DebugPosts(post);
    this.front = new Front(access, {
      modules: () => {
        this.contacts.fetched();
        return this.desk.modules;
      },
      whenListed: (work) => this.listWait.then(work),
      monitor: (...request) => this.monitor.handle(...request),
      list: (...request) => this.lists.handle(...request),
      debug: (...request) => this.debugPosts.handle(...request),
      query: (...request) => this.intake.receive(...request),
      hasOthers: () => this.desk.upstream !== undefined,
      elsewhere: (request, response) => this.elsewhere(request, response),
    });
    this.setUpstream(upstream, limits, expected);
    this.reports = setInterval(() => this.report(), REPORT_INTERVAL_MS);
    this.doors = new Doors(address, {
      request: (...request) => this.front.handle(...request),
      listening: () => this.post({ type: 'listening' }),
      failed: ({ code = 'ERROR', message }) => this.post({ type: 'failed', code, message }),
    });
  }

  configure({ access, metrics, limits, upstream, expected, ...address }: ServiceSettings): void {
    this.setUpstream(upstream, limits, expected);
    this.front.configure(access);
    this.monitor.configure(metrics);
    this.intake.limits = limits;
    this.places.limits = limits;
    this.doors.move(address);
  }

  /** Where accepted requests are kept. */
  keepIn(entrance: MessagePort): void {
    this.storing.connect(entrance);
  }

  /** Why no trigger can take requests, or that they can again. */
  setAbsence(absence: Absence | undefined): void {
    this.desk.setAbsence(absence);
  }

  setModule(module: AnnouncedModule, state: ModuleState): void {
    this.desk.setModule(module, state);
  }

  forget(name: string): void {
    this.desk.forget(name);
  }

  /** The flow's answer. One that comes after the service's own answer is reported as late. */
  answer(id: number, reply: Reply, goesOn = false): void {
    const query = this.answers.get(id);
    if (!query) return;
    const { module } = query;
    if (query.answered) this.post({ type: 'late', id, module: module?.name ?? '', wouldBlock: reply.blocks });
    else if (module) this.places.mended(module.name);
    query.answer(reply);
    if (goesOn) this.accept(query);
    else this.answers.release(query);
  }

  /** Whoever asked sees what they see when the process dies. */
  drop(id: number): void {
    this.answers.get(id)?.response.destroy();
  }

  /** The main thread has nothing more to say to a request that was answered here. */
  ended(id: number): void {
    const query = this.answers.get(id);
    if (query) this.answers.release(query);
  }

  /** Answers everything that is open by policy; `drained` is called when the answers have left. */
  drain(drained: () => void): void {
    const open = this.answers.all.filter((query) => !query.answered);
    let left = open.length;
    const gone = () => {
      if (--left <= 0) drained();
    };
    if (left === 0) drained();
    for (const query of open) this.answers.byPolicy(query, 'stopping', gone);
  }

  close(): void {
    clearInterval(this.reports);
    this.desk.upstream?.close();
    this.desk.close();
    for (const query of this.answers.all) this.answers.byPolicy(query, 'stopping');
    this.doors.close(() => {
      this.storing.close();
      this.post({ type: 'closed' });
    });
  }

  private setUpstream(
    settings: UpstreamSettings | undefined,
    { passMs }: ServiceLimits,
    expected: string | undefined,
  ): void {
    const { desk } = this;
    const now = JSON.stringify({ ...settings, list: undefined });
    if (desk.upstream && settings && this.upstreamNow === now) return;
    this.upstreamNow = now;
    desk.upstream?.close();
    if (!settings) return desk.setUpstream(undefined, expected);
    const upstream = new Upstream(settings, passMs, (list) => {
      if (desk.upstream) desk.modules.setUpstream(desk.upstream.list);
      this.post({ type: 'upstream', list });
    });
    desk.setUpstream(upstream);
  }

  /** Small requests only: MISP asks for nothing else. */
  private elsewhere(request: IncomingMessage, response: ServerResponse): boolean {
    const { upstream } = this.desk;
    if (!upstream) return false;
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_ELSEWHERE) request.destroy();
      else chunks.push(chunk);
    });
    request.on('error', () => undefined);
    request.on('end', () => upstream.pass(response, size > 0 ? Buffer.concat(chunks) : undefined));
    return true;
  }

  private report(): void {
    this.reportCounts();
    const heard = this.contacts.take();
    if (heard) this.post({ type: 'heard', heard });
  }

  private reportCounts(): void {
    const { count: refused, shutOut, byUser } = this.front.refusals;
    const { rejected } = this.answers;
    const now = JSON.stringify([refused, rejected, shutOut, byUser]);
    if (now === this.reported || (this.reported === '' && refused + rejected === 0)) return;
    this.reported = now;
    this.post({ type: 'counts', counts: { refused, shutOut, rejected, byUser } });
  }

  /** What waits for the main thread is bounded elsewhere than what it works on. */
  private accept(query: Query): void {
    this.intake.letGo(query);
    query.accepted = true;
    this.places.accept(query);
    query.expireAfter(ACCEPTED_MS, () => this.answers.release(query));
  }

  private released(query: Query): void {
    if (!query.accepted) this.intake.letGo(query);
    this.places.leave(query);
  }
}
