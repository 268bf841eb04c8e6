import type { AsideReason, QueueOverview } from '../../queue/overview';
import type { QueueLimits } from '../../queue/queue';
import { errorOf, saidBy, text, type Said } from '../../text';
import type { Fate, FromQueueThread, QueueQuestion, RedisStart, ToQueueThread } from '../queue-protocol';
import type { RecordsQuestion } from '../records-protocol';
import { unpacked } from '../thread/queue-table';
import { PutAside, type Aside } from './aside';
import { isOurs, RedisConnection } from './connection';
import { Intake } from './intake';
import { Lane, type Held } from './lane';
import { News } from './news';
import { loadRedis, type RedisPackages } from './packages';
import { Places } from './places';
import { RedisRecords } from './records';
import { RedisRequests, type Place } from './requests';

const DAY_MS = 24 * 60 * 60 * 1000;
/** How often what was put aside long ago is looked for, in milliseconds. */
const TIDY_MS = 60 * 60 * 1000;
/** Pause before what failed is tried again, in milliseconds. */
const AGAIN_MS = 1000;
/** Longest pause between two looks whether others have changed records, in milliseconds. */
const LOOK_MS = 1000;
/** How long a clean end may take, in milliseconds: less than is waited for it. */
const CLOSE_MS = 2500;
/** One under which so many processes less than allowed have died has no other one like it beside it. */
const SUSPECT_ATTEMPTS = 2;
/** A process that has not been heard of for so many signs of life is gone. */
const BEATS = 3;

/** A request that was given out. */
interface Running extends Held {
  event: string;
  size: number;
  isSuspect: boolean;
  isQuiet: boolean;
}

/**
 * Accepted requests in Redis, as one of the processes that share them. Whose turn it is, and which process is dead, is
 * BullMQ's; the requests themselves, the order for each event, and what MISP was told are kept beside it.
 */
export class RedisKeeper {
  private connection: RedisConnection | undefined;
  private packages!: RedisPackages;
  private requests!: RedisRequests;
  private records!: RedisRecords;
  private news: News | undefined;
  private problem: Said | undefined = text('redis.closed');
  private readonly lanes = new Map<string, Lane>();
  private readonly places = new Places();
  private readonly intake: Intake;
  private readonly running = new Map<number, Running>();
  private aside!: PutAside;
  private limits: QueueLimits;
  private nextId: number;
  private tidied = 0;
  private isClosed = false;
  /** It is known whether Redis can be used: what comes in before waits for that. */
  private setKnown!: () => void;
  private readonly known = new Promise<void>((resolve) => (this.setKnown = resolve));
  private readonly timers: NodeJS.Timeout[] = [];
  /** What is being told to Redis. */
  private readonly telling = new Set<Promise<void>>();

  constructor(
    private readonly start: RedisStart,
    private readonly tell: (message: FromQueueThread, transfer?: ArrayBuffer[]) => void,
  ) {
    this.limits = start.limits;
    this.nextId = Math.max(0, ...start.inHand) + 1;
    this.intake = new Intake({
      known: this.known,
      problem: () => this.problem,
      limits: () => this.limits,
      redis: () => ({ connection: this.connection!, requests: this.requests }),
      accepted: (places) => this.toRedis(() => this.makeJobs(places)),
      refused: (place) => this.toRedis(() => this.leave(place, 'refused')),
    });
  }

  begin(): Promise<void> {
    const { redis, pace } = this.start;
    try {
      this.packages = loadRedis();
      this.connection = new RedisConnection(redis, pace, this.packages);
    } catch (error) {
      this.onTrouble(saidBy(error));
      return Promise.resolve();
    }
    const { hasty, patient, waiting } = this.connection;
    this.requests = new RedisRequests(hasty, patient, redis.prefix);
    this.records = new RedisRecords(hasty, redis.prefix);
    this.aside = new PutAside(this.lanes, this.requests, () => this.nextId++);
    this.news = new News(patient, waiting, `${redis.prefix}:news`, this.requests.owner);
    const hear = (news: string, ageMs: number) => this.tell({ told: 'shared', news, ageMs });
    void this.news.listen(hear, (error) => this.onError(error));
    this.connection.on('trouble', (problem) => this.onTrouble(problem));
    this.connection.on('notice', (notice) => this.tell({ told: 'notice', notice }));
    this.every(pace.beatMs, () => this.beat());
    this.every(pace.lockMs / 3, () => this.renew());
    this.every(Math.min(LOOK_MS, pace.beatMs / 5), async () => {
      for (const set of await this.records.look()) this.tell({ told: 'records', set });
    });
    return Promise.resolve();
  }

  take(message: Exclude<ToQueueThread, { do: 'ask' | 'close' }>): void {
    switch (message.do) {
      case 'limits':
        this.limits = message.limits;
        return;
      case 'entrance':
        return this.intake.open(message.source, message.port);
      case 'places':
        return this.places.set(message.source, message.places);
      case 'open':
        return this.open(message.source, message.module);
      case 'pause':
        return this.places.setOpen(message.source, message.module, false);
      case 'fates':
        for (const { fate, id } of message.fates) this.onFate(fate, id);
        return;
      case 'watch':
        return this.records?.watch(message.set);
      case 'share':
        // Late it is of no use: what is not told while Redis is away stays unknown to others.
        if (this.problem === undefined)
          void this.news?.tell(message.news).catch((error: unknown) => this.onError(error as Error));
    }
  }

  async answer(question: QueueQuestion | RecordsQuestion): Promise<unknown> {
    if (question.do === 'load' || question.do === 'commit') return this.answerOfRecords(question);
    if (this.problem !== undefined) throw errorOf(this.problem);
    await this.knowLanes();
    if (question.do === 'overview') return this.overview();
    const wanted = await this.aside.chosen(question.which);
    for (const one of wanted) await (question.do === 'forget' ? this.forget(one) : this.restart(one));
    this.tell({ told: 'changed' });
    return wanted.length;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.intake.end();
    this.news?.close();
    this.places.wake();
    for (const timer of this.timers) clearInterval(timer);
    const ends = [...this.running.values()].map((running) =>
      // What was quiet had its time; what was not begins again, and that is no death.
      running.isQuiet ? this.ended(running) : running.job.moveToWait(running.token),
    );
    const all = Promise.allSettled([...ends, ...this.telling]);
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, CLOSE_MS))]);
    this.intake.close();
    this.connection?.close();
    for (const lane of this.lanes.values()) void lane.close().catch(() => undefined);
  }

  private every(ms: number, work: () => Promise<void>): void {
    let isBusy = false;
    const once = async () => {
      // Redis is slow or away: one at a time. What is under way goes on while it is full.
      if (isBusy || this.connection?.hasty.status !== 'ready') return;
      isBusy = true;
      await work().catch((error: unknown) => this.onError(error as Error));
      isBusy = false;
    };
    this.timers.push(setInterval(() => void once(), ms).unref());
  }

  private async beat(): Promise<void> {
    const { pace } = this.start;
    await this.connection?.look();
    await this.requests.beat(pace.beatMs * BEATS);
    const since = this.connection?.since ?? Date.now();
    // After Redis was away others must be able to say that they live.
    if (Date.now() - since > pace.beatMs * BEATS) {
      const lost = await this.requests.adopt(pace.enteringMs);
      if (lost.length > 0) this.toRedis(() => this.makeJobs(lost));
    }
    if (Date.now() - this.tidied > TIDY_MS) await this.tidy();
  }

  private async renew(): Promise<void> {
    const { lockMs } = this.start.pace;
    await Promise.all([...this.lanes.values()].map((lane) => lane.renew()));
    if ([...this.running.values()].some(({ isSuspect }) => isSuspect))
      await this.requests.renewSuspect(lockMs);
  }

  private onTrouble(problem: Said | undefined): void {
    if (this.isClosed) return;
    this.problem = problem;
    this.setKnown();
    if (problem !== undefined) return this.tell({ told: 'state', state: { state: 'failed', problem } });
    void this.requests.beat(this.start.pace.beatMs * BEATS).catch(() => undefined);
    this.tell({ told: 'state', state: { state: 'open' } });
  }

  /** @throws why they cannot be read, or not be kept: in words */
  private async answerOfRecords(question: RecordsQuestion): Promise<unknown> {
    await this.known;
    if (this.problem !== undefined) throw errorOf(this.problem);
    const { set, version } = question;
    try {
      if (question.do === 'load') return await this.records.load(set, version);
      return await this.records.commit(set, question.version, question.changes);
    } catch (error) {
      throw isOurs(error) ? error : errorOf(this.connection!.failure(error));
    }
  }

  /** Of the connection it is told elsewhere. */
  private onError(error: Error): void {
    if (this.isClosed || this.problem !== undefined || this.connection?.hasty.status !== 'ready') return;
    this.tell({ told: 'notice', notice: this.connection.failure(error) });
  }

  /** MISP was told: they run, those in order when it is their turn. */
  private async makeJobs(places: readonly Place[]): Promise<void> {
    const isNow = await Promise.all(places.map((place) => this.requests.confirm(place)));
    const now = places.filter((_, index) => isNow[index]);
    await this.addJobs(now);
    if (now.length > 0) await this.requests.entered(now.map(({ key }) => key));
  }

  private async addJobs(places: readonly Place[]): Promise<void> {
    const byLane = new Map<string, Place[]>();
    for (const place of places) byLane.set(place.lane, [...(byLane.get(place.lane) ?? []), place]);
    await Promise.all([...byLane].map(([name, jobs]) => this.laneOf(name).add(jobs)));
  }

  private laneOf(name: string): Lane {
    let lane = this.lanes.get(name);
    if (!lane) {
      const { patient } = this.connection!;
      const { redis, pace } = this.start;
      lane = new Lane(this.packages, patient, redis.prefix, name, pace, (error) => this.onError(error));
      this.lanes.set(name, lane);
    }
    return lane;
  }

  private open(source: string, module: string): void {
    this.places.setOpen(source, module, true);
    if (!this.connection) return;
    const ready = () => this.places.free(source, module, () => this.isClosed);
    this.laneOf(Lane.nameOf(source, module)).work(ready, (held) => this.onJob(held));
  }

  private async onJob(held: Held): Promise<void> {
    const { lane, job, token } = held;
    const { source, module } = lane;
    const running: Running = { ...held, event: job.data.event, size: 0, isSuspect: false, isQuiet: false };
    const { attempts: most } = this.limits;
    const deaths = job.stalledCounter;
    this.places.take(source, module, 0);
    try {
      if (this.isClosed || !this.places.isOpen(source, module)) await this.giveBack(running);
      else if (deaths >= most) await this.putAside(running, 'died');
      else if (deaths >= Math.max(1, most - SUSPECT_ATTEMPTS) && !(await this.mayGo(running))) {
        this.letGo(running);
        await job.moveToDelayed(Date.now() + Math.round(this.start.pace.beatMs / 2), token);
      } else await this.give(running);
    } catch (error) {
      this.letGo(running);
      // Its lock ends, and it is taken again.
      this.onError(error as Error);
    }
  }

  private async mayGo(running: Running): Promise<boolean> {
    running.isSuspect = await this.requests.isOnlySuspect(running.job.id, this.start.pace.lockMs);
    return running.isSuspect;
  }

  private async give(running: Running): Promise<void> {
    const { lane, job } = running;
    const { source, module } = lane;
    let request: Awaited<ReturnType<RedisRequests['take']>>;
    try {
      request = await this.requests.take(job.id);
    } catch (error) {
      // Another one's data stands there. Of all else it is taken again.
      if (!(error as Error).message.startsWith('WRONGTYPE')) throw error;
      return this.putAside(running, 'unreadable');
    }
    if (request === 'unreadable') return this.putAside(running, request);
    // It had ended, and its process died before that was told.
    if (!request) return this.ended(running);
    const { body, caller, receivedAt, notes, attempts } = request;
    running.size = body.byteLength;
    this.places.take(source, module, 0);
    this.places.leave(source, module, -running.size);
    const id = this.nextId++;
    this.running.set(id, running);
    this.tell(
      {
        told: 'taken',
        request: {
          ...{ id, source, module, caller, receivedAt, body },
          ...{ notes: unpacked(notes), attempt: attempts },
        },
      },
      [body.buffer],
    );
  }

  private onFate(fate: Fate, id: number): void {
    const running = this.running.get(id);
    if (!running) return;
    if (fate === 'quiet') {
      if (!running.isQuiet) this.places.leave(running.lane.source, running.lane.module, running.size);
      running.isQuiet = true;
      return;
    }
    this.running.delete(id);
    if (fate === 'again') this.toRedis(() => this.giveBack(running));
    else if (fate === 'done') this.toRedis(() => this.ended(running));
    else this.toRedis(() => this.putAside(running, 'unreadable'));
  }

  /** Its run has ended: it is gone, the next one of its event has its turn, and then its job is done. */
  private async ended(running: Running): Promise<void> {
    await this.leave(placeOf(running), 'ended');
    this.letGo(running);
    await settled(running.job.moveToCompleted(true, running.token, false));
  }

  private async giveBack(running: Running): Promise<void> {
    this.letGo(running);
    await settled(running.job.moveToWait(running.token));
  }

  private async putAside(running: Running, reason: AsideReason): Promise<void> {
    await this.leave(placeOf(running), 'aside');
    this.letGo(running);
    await settled(running.job.moveToFailed(new Error(reason), running.token));
    this.tell({ told: 'changed' });
  }

  /** Nothing of it is under way here. */
  private letGo(running: Running): void {
    const { lane, size, isQuiet } = running;
    lane.letGo(running);
    if (!isQuiet) this.places.leave(lane.source, lane.module, size);
    running.isQuiet = true;
    if (running.isSuspect) void this.requests.endSuspect().catch(() => undefined);
    running.isSuspect = false;
  }

  private async leave(place: Place, what: 'ended' | 'aside' | 'refused'): Promise<void> {
    const next = await this.requests.leave(place, what);
    if (next !== undefined) await this.addJobs([{ ...place, key: next }]);
  }

  /** Is done although Redis is away or has no memory left meanwhile. */
  private toRedis(work: () => Promise<void>): void {
    const tried = async () => {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          if (this.isClosed) return;
          this.onError(error as Error);
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
        }
      }
    };
    const telling = tried().finally(() => this.telling.delete(telling));
    this.telling.add(telling);
  }

  /** Modules of which others have told. */
  private async knowLanes(): Promise<void> {
    for (const name of await this.requests.lanes()) if (Lane.isName(name)) this.laneOf(name);
  }

  private async overview(): Promise<QueueOverview> {
    const counted = await Promise.all(
      [...this.lanes.values()].map(async (lane) => ({
        lane,
        counts: await lane.queue.getJobCounts('active', 'wait', 'failed'),
      })),
    );
    const sum = (of: string) => counted.reduce((total, { counts }) => total + (counts[of] ?? 0), 0);
    const [active, asideCount] = [sum('active'), sum('failed')];
    const quiet = [...this.running.values()].filter(({ isQuiet }) => isQuiet).length;
    return {
      waiting: Math.max(0, (await this.requests.count()) - active - asideCount),
      running: Math.max(0, active - quiet),
      aside: await this.aside.shown(),
      asideCount,
      stranded: counted
        .filter(({ lane, counts }) => counts.wait > 0 && !this.places.isOpen(lane.source, lane.module))
        .map(({ lane, counts }) => ({ module: lane.module, count: counts.wait })),
    };
  }

  private async forget({ job, ...place }: Aside): Promise<void> {
    await this.leave(place, 'ended');
    await job.remove();
  }

  private async restart({ job, ...place }: Aside): Promise<void> {
    const isThere = await this.requests.reenter(place);
    await job.remove();
    if (isThere) await this.makeJobs([place]);
  }

  /** What was put aside too long ago is deleted. */
  private async tidy(): Promise<void> {
    this.tidied = Date.now();
    await this.knowLanes();
    let count = 0;
    for (const lane of this.lanes.values()) {
      const old = await lane.queue.clean(this.limits.days * DAY_MS, 1000, 'failed');
      for (const key of old) await this.requests.leave({ key, lane: lane.name, event: '' }, 'ended');
      count += old.length;
    }
    if (count > 0) this.tell({ told: 'notice', notice: text('queue.asideOld', { count }) });
  }
}

const placeOf = ({ lane, job, event }: Running): Place => ({ key: job.id, lane: lane.name, event });

/** It is another one's now, or gone: its request tells what is to be done. */
const settled = (told: Promise<unknown>) => told.catch(() => undefined).then(() => undefined);
