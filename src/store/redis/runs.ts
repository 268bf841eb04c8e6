import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { packedInput, unpackedInput } from '../thread/run-input';
import type { Place, Search, StoredInput, StoredPage, StoredRun, StoreLimits } from '../store';
import type { RedisClient } from './packages';
import { withRunScripts, type RunsClient } from './run-scripts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** So many runs, and bytes, are recorded at once: others wait meanwhile. */
const AT_ONCE = 50;
const BYTES_AT_ONCE = 1024 * 1024;
/** So many are looked at, and deleted, at once. */
const LOOKED_AT = 500;
const DELETED = 200;

/** More than any run has, in bytes: what another one wrote may be made to fill the memory. */
const MOST_DETAILS = 32 * 1024 * 1024;

const FIELDS = [
  'owner',
  'at',
  'trigger',
  'outcome',
  'failed',
  'eventId',
  'eventUuid',
  'text',
  'row',
] as const;
const BYTES = ['details', 'inputTrigger', 'input'] as const;

/** What the processes that share the runs tell each other. */
export interface RunsNews {
  /** Something is other than it was. */
  changed: boolean;
  /** Runs that were forgotten. */
  runs: string[];
  /** All were forgotten, so long ago, in milliseconds. */
  allAgeMs?: number;
}

/** The recorded runs in a Redis. */
export class RedisRuns {
  private readonly client: RunsClient;
  private limits: StoreLimits;
  /** What was told last; undefined: nothing yet. */
  private heard: { since: string; changes: string; forgets: string } | undefined;

  /** @param owner this process, among those that share them */
  constructor(
    client: RedisClient,
    private readonly prefix: string,
    private readonly owner: string,
    limits: StoreLimits,
  ) {
    this.client = withRunScripts(client);
    this.limits = limits;
  }

  setLimits(limits: StoreLimits): void {
    this.limits = limits;
  }

  /** @returns false if all runs were forgotten meanwhile, which is to be heard of first */
  async record(runs: readonly StoredRun[]): Promise<boolean> {
    const forgets = this.heard?.forgets ?? '0';
    const head = [...this.keys('index', 'inputs', 'totals', 'forgotten'), this.key('run:'), forgets];
    const told = parts(runs.map((run) => this.argsOf(run))).map((part) =>
      this.client.mispRunRecord(...head, this.owner, ...part.flat()),
    );
    const isKept = (await allOf(told)).every((answer) => answer === 1);
    await this.prune();
    return isKept;
  }

  async list({ most, before, older, until, ...search }: Search): Promise<StoredPage> {
    const total = await this.client.zcard(this.key('index'));
    const page: StoredPage = { rows: [], total, living: [] };
    if (most === 0) return page;
    // A run has its place, whether it is found again or not.
    const from = before === undefined ? undefined : await this.placeOf(before);
    if (before !== undefined && !from) return page;
    const isPast = ({ at, run }: Place) => !older || at < older.at || (at === older.at && run < older.run);
    const living = new Map<string, boolean>();
    let cursor = { after: before ?? '', above: aboveOf(until, older) };
    const seen = new Set<string>();
    for (let looks = Math.ceil(total / LOOKED_AT) + 10; looks > 0; looks--) {
      const { last, isEnd, found } = await this.look(cursor, most, search);
      for (const { run, at, owner, row } of found) {
        if (page.rows.length >= most || seen.has(run) || !isPast({ run, at }) || !isRow(row, run, at))
          continue;
        seen.add(run);
        page.rows.push(row);
        if (await this.isLiving(owner, living)) page.living!.push(run);
      }
      if (isEnd || page.rows.length >= most) break;
      cursor = { after: last.run, above: `(${last.at}` };
    }
    return page;
  }

  async get(run: string): Promise<StoredRun | undefined> {
    const found = await this.client.hmgetBuffer(this.key(`run:${run}`), ...FIELDS, ...BYTES).catch(notThere);
    if (!found || found.slice(0, FIELDS.length + 1).some((value) => value === null)) return undefined;
    const [owner, at, trigger, outcome, failed, eventId, eventUuid, text, row] = found.map(String);
    const [details, inputTrigger, input] = found.slice(FIELDS.length);
    if (!isRow(row, run, Number(at))) return undefined;
    return {
      ...{ run, at: Number(at), trigger, outcome, failed: failed === '1', eventId, eventUuid, text, row },
      details: detailsIn(details),
      ...inputIn(inputTrigger, input),
      isLiving: await this.isLiving(owner, new Map()),
    };
  }

  /** @returns how many */
  async forget(which: { run: string } | 'all'): Promise<number> {
    if (which === 'all') return this.forgetAll();
    const keys = this.keys('index', 'inputs', 'totals', 'forgotten');
    return this.client.mispRunForget(...keys, this.key('run:'), which.run);
  }

  /** Deletes what is beyond the bounds, the oldest first. @returns whether there may be more */
  async prune(): Promise<boolean> {
    const { days, runs, bytes, inputs } = this.limits;
    const keys = [...this.keys('index', 'inputs', 'totals'), this.key('run:')];
    const ofInputs = inputs ? [inputs.days * DAY_MS, inputs.bytes] : ['', 0];
    const dropped = await this.client.mispRunPrune(...keys, days * DAY_MS, runs, bytes, ...ofInputs, DELETED);
    return dropped === DELETED;
  }

  /** What others have done since it was looked last. */
  async news(): Promise<RunsNews> {
    const { heard } = this;
    const keys = this.keys('totals', 'forgotten');
    const [now, changes, forgets, forgotAt, ...runs] = await this.client.mispRunNews(
      ...keys,
      heard?.since ?? '',
    );
    this.heard = { since: String(now), changes, forgets };
    const isNew = heard !== undefined && heard.forgets !== forgets;
    return {
      changed: heard?.changes !== changes,
      runs,
      ...(isNew ? { allAgeMs: Math.max(0, now - Number(forgotAt)) } : {}),
    };
  }

  /** This process lives. */
  async beat(ms: number): Promise<void> {
    const key = this.key(`alive:${this.owner}`);
    // That takes no memory.
    if ((await this.client.pexpire(key, ms)) === 0) await this.client.set(key, '1', 'PX', ms);
  }

  async end(): Promise<void> {
    await this.client.del(this.key(`alive:${this.owner}`));
  }

  private async forgetAll(): Promise<number> {
    const keys = [...this.keys('index', 'inputs', 'totals'), this.key('run:')];
    const wanted = await this.client.zcard(this.key('index'));
    let count = 0;
    do {
      const most = Math.max(0, Math.min(DELETED, wanted - count));
      const [gone, forgets] = await this.client.mispRunForgetAll(...keys, most, count === 0 ? '1' : '0');
      if (this.heard) this.heard.forgets = forgets;
      if (gone === 0) break;
      count += gone;
    } while (count < wanted);
    return count;
  }

  private async look(cursor: { after: string; above: string }, most: number, search: object) {
    const { trigger = '', outcome = '', text = '', event = '' } = search as Partial<Record<string, string>>;
    const wanted = [trigger, outcome, text.trim().toLowerCase(), event.trim().toLowerCase()];
    const [run, at, end, ...parts] = await this.client.mispRunList(
      ...[this.key('index'), this.key('run:'), cursor.after, cursor.above, LOOKED_AT, most],
      ...wanted,
    );
    const found = Array.from({ length: parts.length / 4 }, (_, index) => {
      const [run, at, owner, row] = parts.slice(4 * index, 4 * index + 4);
      return { run, at: Number(at), owner, row };
    });
    return { last: { run, at }, isEnd: end === '1', found };
  }

  private async placeOf(run: string): Promise<Place | undefined> {
    const at = await this.client.zscore(this.key('index'), run);
    return at === null ? undefined : { at: Number(at), run };
  }

  private async isLiving(owner: string, known: Map<string, boolean>): Promise<boolean> {
    if (owner === this.owner || owner === '') return false;
    const isKnown = known.get(owner);
    if (isKnown !== undefined) return isKnown;
    const lives = (await this.client.exists(this.key(`alive:${owner}`))) === 1;
    known.set(owner, lives);
    return lives;
  }

  private argsOf({ run, at, trigger, outcome, failed, ...rest }: StoredRun): (string | number | Buffer)[] {
    const { eventId, eventUuid, text, row, details, input } = rest;
    const packed = input && this.limits.inputs ? packedInput(input) : undefined;
    return [
      ...[run, at, trigger, outcome, failed ? '1' : '0', eventId, eventUuid, text, row],
      deflateRawSync(details, { level: 1 }),
      ...[input?.trigger ?? '', packed ?? ''],
    ];
  }

  private key(name: string): string {
    return `${this.prefix}:runs:${name}`;
  }

  private keys(...names: string[]): string[] {
    return names.map((name) => this.key(name));
  }
}

/** Which times come before what is looked for. */
function aboveOf(until: number | undefined, older: Place | undefined): string {
  if (older && (until === undefined || older.at < until)) return `(${older.at}`;
  return until === undefined ? '' : String(until);
}

/** All have ended then, also when one has failed. */
async function allOf<Answer>(told: Promise<Answer>[]): Promise<Answer[]> {
  await Promise.allSettled(told);
  return Promise.all(told);
}

function parts(runs: (string | number | Buffer)[][]): (string | number | Buffer)[][][] {
  const all: (typeof runs)[] = [];
  let bytes = 0;
  for (const run of runs) {
    const size = run.reduce<number>((sum, part) => sum + (typeof part === 'number' ? 13 : part.length), 0);
    const last = all.at(-1);
    if (last && last.length < AT_ONCE && bytes + size <= BYTES_AT_ONCE) last.push(run);
    else {
      all.push([run]);
      bytes = 0;
    }
    bytes += size;
  }
  return all;
}

/** What another one has put in its place is none. */
function notThere(error: Error): undefined {
  if (error.message.startsWith('WRONGTYPE')) return undefined;
  throw error;
}

/** Whether it is the row of this run: another one may write to Redis. */
function isRow(row: string, run: string, at: number): boolean {
  try {
    const read = JSON.parse(row) as Partial<Place> | null;
    return typeof read === 'object' && read?.run === run && read.at === at;
  } catch {
    return false;
  }
}

function detailsIn(bytes: Buffer | null): string {
  try {
    return inflateRawSync(bytes ?? '', { maxOutputLength: MOST_DETAILS }).toString();
  } catch {
    return '{}';
  }
}

function inputIn(trigger: Buffer | null, input: Buffer | null): { input?: StoredInput } {
  if (!trigger || !input) return {};
  try {
    return { input: unpackedInput(String(trigger), input) };
  } catch {
    return {};
  }
}
