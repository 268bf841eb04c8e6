import { EventEmitter } from 'node:events';
import type { OperationResult, Plan } from '../actions/plan';
import { text, WorkflowError, type Said } from '../text';
import { CLOCK } from './clock';
import type { RetryBody, RetryEnd, RetryHead, Retrying, RetryStore } from './entry';
import { isHarmless, restOf } from './rest';

/** The first pause; each further one is twice as long, up to the longest. In milliseconds. */
const FIRST_MS = 30_000;
const LONGEST_MS = 15 * 60_000;
/** A clock may be set, and a machine may sleep: it is looked at so often, in milliseconds. */
const LOOK_MS = 60_000;
/** What was to be tried last so long ago is not tried any more, in milliseconds. */
const LATE_MS = 60_000;
/** How long a message waits until it is known whether its entry is kept, in milliseconds. */
const KEEP_MS = 3000;
/** Nodes that are tried at a time. */
const MOST_AT_ONCE = 4;

/** Bounds of what is kept. */
export interface RetryLimits {
  entries: number;
  bytes: number;
  /** Of one entry. */
  entryBytes: number;
}

const MEGABYTE = 1024 * 1024;
export const RETRY_LIMITS: RetryLimits = {
  entries: 10_000,
  bytes: 256 * MEGABYTE,
  entryBytes: 16 * MEGABYTE,
};

/** What waits at one node. Who is away for one entry is away for all: they wait together. */
interface Lane {
  entries: Map<string, RetryHead>;
  pausedUntil: number;
  failures: number;
  /** The disk failed: nothing before this. */
  notBefore: number;
  isBusy: boolean;
}

interface Events {
  /** What a list shows is another. */
  changed: [];
  notice: [Said];
  /** An entry, or a part of it, has come to its end. */
  over: [RetryEnd];
}

/** Tries again what failed because the other side was away, with growing pauses, until it is done or its time is over. */
export class Retrier extends EventEmitter<Events> {
  private readonly nodes = new Map<string, Retrying>();
  private readonly lanes = new Map<string, Lane>();
  /** What has ended, and could not be deleted yet. */
  private readonly gone = new Set<string>();
  private bytes = 0;
  private isOpen = false;
  private isClosed = false;
  private callOff: (() => void) | undefined;
  private readonly onState = () => void this.load();

  constructor(
    private readonly store: RetryStore,
    private readonly limits: RetryLimits = RETRY_LIMITS,
  ) {
    super();
    store.on('state', this.onState);
    void this.load();
  }

  close(): void {
    this.isClosed = true;
    this.store.off('state', this.onState);
    this.callOff?.();
    this.store.close();
  }

  /** A node is there. */
  register(id: string, node: Retrying): void {
    this.nodes.set(id, node);
  }

  /** It is not there any more. */
  unregister(id: string, node: Retrying): void {
    if (this.nodes.get(id) === node) this.nodes.delete(id);
  }

  get list(): RetryHead[] {
    return [...this.lanes.values()].flatMap(({ entries }) => [...entries.values()]);
  }

  /**
   * Keeps something that failed.
   * @returns what is kept of it, when it is on disk
   * @throws {WorkflowError} if it is not kept
   */
  async add(
    given: Omit<RetryHead, 'id' | 'next' | 'tries' | 'trying' | 'bytes' | 'count' | 'what' | 'since'>,
    body: RetryBody,
    id: string,
  ): Promise<RetryHead> {
    const bytes = Buffer.byteLength(JSON.stringify(body));
    const since = CLOCK.now();
    const next = Math.min(since + pauseAfter(0), given.until);
    const [{ do: what }] = body.plan;
    const count = body.plan.length;
    const head: RetryHead = { ...given, id, what, count, since, next, tries: 0, trying: false, bytes };
    this.checkRoom(bytes);
    await inTime(this.keep(head, body), () => this.drop(head));
    return head;
  }

  /** Nothing of these is tried any more. @returns those that were there */
  async cancel(which: { id: string } | 'all'): Promise<RetryHead[]> {
    const wanted = this.list.filter(({ id }) => which === 'all' || id === which.id);
    for (const head of wanted) this.drop(head);
    await this.sweep();
    return wanted;
  }

  private checkRoom(bytes: number): void {
    const { entries, bytes: most, entryBytes } = this.limits;
    if (bytes > entryBytes) {
      const sizes = { megabytes: Math.ceil(bytes / MEGABYTE), most: Math.round(entryBytes / MEGABYTE) };
      throw new WorkflowError('retry.tooLarge', sizes);
    }
    const count = this.list.length;
    if (count < entries && this.bytes + bytes <= most) return;
    throw new WorkflowError('retry.tooMany', { count, megabytes: Math.round(this.bytes / MEGABYTE) });
  }

  private async keep(head: RetryHead, body: RetryBody): Promise<void> {
    // Counted at once: others come meanwhile.
    this.insert(head);
    try {
      await opened(this.store);
      await this.store.put(head, body);
      if (this.has(head)) this.look();
      else await this.sweep();
    } catch (error) {
      this.remove(head);
      throw error;
    }
  }

  /** What is on disk from before; also when the file was opened anew. */
  private async load(): Promise<void> {
    this.isOpen = this.store.current.state === 'open';
    if (!this.isOpen) return;
    try {
      await this.sweep();
      const known = new Set(this.list.map(({ id }) => id));
      const heads = await this.store.all();
      for (const head of heads) if (!known.has(head.id) && !this.gone.has(head.id)) await this.recover(head);
    } catch {
      this.isOpen = false; // it is opened again
    }
    this.look();
  }

  /** A try was under way when the process died: what does harm is not done again. */
  private async recover(head: RetryHead): Promise<void> {
    this.insert(head);
    if (!head.trying) return;
    const body = await this.store.body(head.id);
    head.trying = false;
    const isRepeated = ({ do: what }: Plan[number]) => head.repeats && what !== 'send-mail';
    if (!body || body.plan.every((operation) => isHarmless(operation) || isRepeated(operation))) return;
    this.end(head, body, text('retry.unknown'), 'unknown');
  }

  private look(): void {
    this.callOff?.();
    if (this.isClosed || !this.isOpen || this.lanes.size === 0) return;
    const now = CLOCK.now();
    let soonest = now + LOOK_MS;
    for (const [node, lane] of this.lanes) {
      if (lane.isBusy) continue;
      const head = first(lane);
      const due = head ? dueOf(head, lane) : Infinity;
      if (due > now) soonest = Math.min(soonest, due);
      else if (this.busy < MOST_AT_ONCE) void this.work(node, lane);
    }
    this.callOff = CLOCK.after(soonest - now, () => this.look());
    this.emit('changed');
  }

  private get busy(): number {
    return [...this.lanes.values()].filter(({ isBusy }) => isBusy).length;
  }

  /** One after another, until nothing is due. Who is away is not asked for the rest. */
  private async work(node: string, lane: Lane): Promise<void> {
    lane.isBusy = true;
    try {
      for (;;) {
        const head = first(lane);
        const now = CLOCK.now();
        if (!head || this.isClosed || dueOf(head, lane) > now) break;
        if (now >= head.until && lane.pausedUntil > now) {
          await this.endUntried(head);
          continue;
        }
        const isDone = await this.attempt(head);
        lane.failures = isDone ? 0 : lane.failures + 1;
        lane.pausedUntil = isDone ? 0 : CLOCK.now() + pauseAfter(lane.failures - 1);
        this.emit('changed');
      }
    } catch {
      // The disk: nothing is tried that could be repeated by mistake.
      lane.notBefore = CLOCK.now() + FIRST_MS;
    }
    lane.isBusy = false;
    if (lane.entries.size === 0) this.lanes.delete(node);
    this.look();
  }

  /** @returns whether the other side was there @throws if the disk does not take it */
  private async attempt(head: RetryHead): Promise<boolean> {
    const now = CLOCK.now();
    const body = await this.store.body(head.id);
    if (!body) {
      this.emit('notice', text('retry.lost'));
      this.drop(head);
      return true;
    }
    const until = timeOf(head.until);
    if (now > head.until + LATE_MS) {
      this.end(head, body, text('retry.late', { until }), 'failed');
      return true;
    }
    const node = this.nodes.get(head.node);
    const isSame = node?.settings(body.plan) === head.settings;
    if (!node || !isSame) {
      head.problem = text(node ? 'retry.changed' : 'retry.gone');
      if (now >= head.until) this.end(head, body, head.problem, 'failed');
      else head.next = Math.min(now + pauseAfter(head.tries), head.until);
      return false;
    }
    head.trying = true;
    try {
      await this.store.put(head);
    } catch (error) {
      head.trying = false;
      throw error;
    }
    const results = await node.perform(body.plan, body.message);
    head.trying = false;
    if (!this.has(head)) return true; // cancelled meanwhile
    return this.after(head, body, results);
  }

  /** Who was away for another one a moment ago is not asked once more for one whose time is over. */
  private async endUntried(head: RetryHead): Promise<void> {
    const body = await this.store.body(head.id);
    const { problem, tries } = head;
    if (body)
      this.end(head, body, text('retry.over', { problem, tries, until: timeOf(head.until) }), 'failed');
    else this.drop(head);
  }

  private async after(head: RetryHead, body: RetryBody, results: OperationResult[]): Promise<boolean> {
    const { again, ended } = restOf(results, head.repeats);
    const now = CLOCK.now();
    const { message } = body;
    head.tries++;
    if (again.length === 0) {
      this.drop(head);
      this.emit('over', { head, message, results: ended });
      await this.sweep();
      return true;
    }
    const problem = results.flatMap(({ failures = [] }) => failures).find(({ away }) => away)?.problem ?? '';
    head.problem = problem;
    if (now >= head.until) {
      const { tries } = head;
      this.drop(head);
      const over = text('retry.over', { problem, tries, until: timeOf(head.until) });
      this.emit('over', { head, message, results, problem: over });
      await this.sweep();
      return false;
    }
    if (ended.length > 0) this.emit('over', { head, message, results: ended });
    head.next = Math.min(now + pauseAfter(head.tries), head.until);
    head.count = again.length;
    await this.store.put(head, { plan: again, message });
    return false;
  }

  private end(head: RetryHead, body: RetryBody, problem: Said, state: 'unknown' | 'failed'): void {
    this.drop(head);
    const results = body.plan.map((operation): OperationResult => {
      return { operation, state, failures: [{ problem }] };
    });
    this.emit('over', { head, message: body.message, results, problem });
    void this.sweep();
  }

  private insert(head: RetryHead): void {
    const lane = this.lanes.get(head.node) ?? {
      entries: new Map<string, RetryHead>(),
      ...{ pausedUntil: 0, failures: 0, notBefore: 0, isBusy: false },
    };
    this.lanes.set(head.node, lane);
    lane.entries.set(head.id, head);
    this.bytes += head.bytes;
  }

  private has({ node, id }: RetryHead): boolean {
    return this.lanes.get(node)?.entries.has(id) === true;
  }

  private remove({ node, id, bytes }: RetryHead): void {
    const lane = this.lanes.get(node);
    if (!lane?.entries.delete(id)) return;
    this.bytes -= bytes;
    if (lane.entries.size === 0 && !lane.isBusy) this.lanes.delete(node);
  }

  private drop(head: RetryHead): void {
    this.remove(head);
    this.gone.add(head.id);
    this.emit('changed');
  }

  /** Deletes what has ended; what cannot be deleted now is when the disk works again. */
  private async sweep(): Promise<void> {
    const ids = [...this.gone];
    if (ids.length === 0) return;
    try {
      await this.store.forget(ids);
      for (const id of ids) this.gone.delete(id);
    } catch {
      // Its next state tells.
    }
  }
}

const pauseAfter = (tries: number) => Math.min(FIRST_MS * 2 ** Math.min(tries, 20), LONGEST_MS);

/** The one whose turn it is next. */
function first(lane: Lane): RetryHead | undefined {
  let found: RetryHead | undefined;
  for (const head of lane.entries.values())
    if (!found || dueOf(head, lane) < dueOf(found, lane)) found = head;
  return found;
}

/** When something is to be done about an entry: its end comes in time, whoever is away. */
function dueOf({ next, until }: RetryHead, { pausedUntil, notBefore }: Lane): number {
  return Math.max(Math.min(Math.max(next, pausedUntil), until), notBefore);
}

/** A moment as people read it: UTC, to the second. */
export const timeOf = (moment: number) => new Date(moment).toISOString().slice(0, 19).replace('T', ' ');

/** Waits until a store is open, or has failed. */
function opened(store: RetryStore): Promise<void> {
  if (store.current.state !== 'opening') return Promise.resolve();
  return new Promise((resolve) => store.once('state', () => resolve()));
}

/** What takes too long is not kept: whoever waits for it may have a MISP that waits. */
async function inTime(work: Promise<void>, late: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      late();
      reject(new WorkflowError('retry.slow'));
    }, KEEP_MS);
  });
  work.catch(() => undefined);
  try {
    await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
