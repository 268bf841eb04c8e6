import { randomUUID } from 'node:crypto';
import { uptime } from '../clock';
import { isAsExpected, type State, type ThingKind } from './state';
import type { Thing } from './things';

/** From and to, in MISP's seconds. */
export type Range = readonly [from: number, to: number];

/** A thing as one of our writes has left it. */
export interface Written {
  kind: ThingKind;
  uuid: string;
  state: State;
  /** When MISP may have saved it. */
  times: readonly Range[];
  /** The write made it. */
  isNew?: boolean;
  /** Attributes were added: MISP may tell of as many as there were before, or of those since. */
  anyCount?: boolean;
  /** Of a publication: when MISP may have done it. */
  published?: Range;
}

/** A write that is under way. */
export interface UnderWay {
  /** Names of the events that it may change; without any it may change all. */
  events: readonly string[];
  /** What it does, by the names of operations. */
  does: ReadonlySet<string>;
}

/** What several Node-REDs tell each other of their writes. */
export type WriteNews =
  | { news: 'begun'; write: string; events: readonly string[]; does: readonly string[] }
  | { news: 'over'; write: string }
  | { news: 'noted'; note: string; written: Written }
  /** A trigger has told of it. */
  | { news: 'told'; note: string; of: { kind: ThingKind; uuid: string }; trigger: string };

interface Note extends Written {
  /** Its name among those that share the memory. */
  id: string;
  until: number;
  /** The triggers that it accounted for: MISP tells each of them once of one write. */
  told: Set<string>;
}

export interface WriteLimits {
  notes: number;
  keptMs: number;
}

/** A write of another Node-RED that does not end takes no longer: it may be dead. In milliseconds. */
const MOST_OTHER_MS = 60_000;

/** MISP's worker tells of about six saves a second: those of a thousand attributes take minutes. */
export const WRITE_LIMITS: WriteLimits = { notes: 10_000, keptMs: 10 * 60_000 };

/**
 * What this Node-RED has written to MISPs lately, and what it is writing now: a trigger that tells of nothing else is an
 * echo. MISP does not say who has changed a thing, so an echo is what it tells in every field as our write has left it,
 * with the timestamp of that write, once for each write and trigger: whatever else is told was done by others.
 */
export class OwnWrites {
  private readonly notes = new Map<string, Note[]>();
  private size = 0;
  private readonly underWay = new Set<UnderWay>();
  /** Of other Node-REDs. */
  private readonly others = new Map<string, UnderWay & { until: number }>();
  private readonly own = randomUUID();
  private latest = 0;
  private share: ((news: WriteNews) => void) | undefined;
  private readonly waiting = new Set<() => void>();
  private wanted = 0;

  constructor(
    private readonly limits = WRITE_LIMITS,
    private readonly now: () => number = uptime,
  ) {}

  /** Other Node-REDs get to know. */
  shareBy(share: (news: WriteNews) => void): void {
    this.share = share;
  }

  /**
   * What another Node-RED tells.
   * @param ageMs how long ago it was
   */
  hear(news: WriteNews, ageMs: number): void {
    switch (news.news) {
      case 'begun': {
        const { write, events, does } = news;
        this.forgetOthers();
        this.others.set(write, { events, does: new Set(does), until: this.now() + MOST_OTHER_MS - ageMs });
        return;
      }
      case 'over':
        this.others.delete(news.write);
        return this.wake();
      case 'noted':
        return this.remember(news.written, news.note, this.limits.keptMs - ageMs);
      case 'told':
        for (const note of this.notes.get(keyOf(news.of)) ?? [])
          if (note.id === news.note) note.told.add(news.trigger);
    }
  }

  /** There is a trigger that wants to know; the function returned takes it back. */
  want(): () => void {
    this.wanted++;
    return () => this.wanted--;
  }

  /** Whether anybody wants to know. */
  get isWanted(): boolean {
    return this.wanted > 0;
  }

  /** How many things are remembered. */
  get count(): number {
    return this.size;
  }

  /** A write begins; the function returned says that it is over, and all that it did is noted. */
  begin(write: UnderWay): () => void {
    this.underWay.add(write);
    const name = this.name();
    this.share?.({ news: 'begun', write: name, events: write.events, does: [...write.does] });
    return () => {
      if (!this.underWay.delete(write)) return;
      this.share?.({ news: 'over', write: name });
      this.wake();
    };
  }

  /** Remembers how a write has left a thing. */
  note(written: Written): void {
    const id = this.name();
    this.remember(written, id, this.limits.keptMs);
    this.share?.({ news: 'noted', note: id, written });
  }

  private remember(written: Written, id: string, ms: number): void {
    this.forgetOld();
    const key = keyOf(written);
    const notes = this.notes.get(key) ?? [];
    // The latest stand last: the oldest are forgotten first.
    this.notes.delete(key);
    this.notes.set(key, notes);
    notes.push({ ...written, id, until: this.now() + ms, told: new Set() });
    this.size++;
    this.wake();
  }

  /**
   * Whether what a trigger tells is the echo of a write of ours, which then has accounted for it.
   * @param trigger its node
   */
  accounts(told: Thing, trigger: string): boolean {
    this.forgetOld();
    const note = this.notes.get(keyOf(told))?.find((one) => !one.told.has(trigger) && isTold(one, told));
    if (!note) return false;
    note.told.add(trigger);
    const { id, kind, uuid } = note;
    this.share?.({ news: 'told', note: id, of: { kind, uuid }, trigger });
    return true;
  }

  /** What a write that is under way does to one of these events, and may therefore lead to. */
  isDoing(events: readonly string[], does: (operation: string) => boolean): boolean {
    return this.writes().some((write) => mayChange(write, events) && [...write.does].some(does));
  }

  /** Whether a write is under way that may change one of these events. */
  isWriting(events: readonly string[]): boolean {
    return this.writes().some((write) => mayChange(write, events));
  }

  /** Those that are under way, also of others. */
  private writes(): UnderWay[] {
    this.forgetOthers();
    return [...this.underWay, ...this.others.values()];
  }

  private forgetOthers(): void {
    const now = this.now();
    for (const [write, { until }] of this.others) if (until <= now) this.others.delete(write);
  }

  private name(): string {
    return `${this.own} ${++this.latest}`;
  }

  /**
   * Waits until it is known whether something is an echo: our write has accounted for it, or none is under way any more.
   * @param isKnown asked again after each news
   * @param mostMs no longer than this
   */
  until(isKnown: () => boolean, events: readonly string[], mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      const look = () => {
        if (isKnown() || !this.isWriting(events)) end();
      };
      const timer = setTimeout(end, mostMs);
      this.waiting.add(look);
      look();
    });
  }

  private wake(): void {
    for (const look of [...this.waiting]) look();
  }

  /** Those whose time is over, and the oldest beyond the bound. */
  private forgetOld(): void {
    const now = this.now();
    for (const [key, notes] of this.notes) {
      const last = notes[notes.length - 1];
      if (last.until > now && this.size < this.limits.notes) break;
      this.notes.delete(key);
      this.size -= notes.length;
    }
  }
}

const keyOf = ({ kind, uuid }: { kind: ThingKind; uuid: string }) => `${kind} ${uuid}`;

function mayChange({ events }: UnderWay, names: readonly string[]): boolean {
  return events.length === 0 || events.some((name) => names.includes(name));
}

function isTold(note: Note, told: Thing): boolean {
  const { published, anyCount } = note;
  if (told.isNew && !note.isNew) return false;
  if (!note.times.some((range) => isIn(range, told.timestamp))) return false;
  if (published && !isIn(published, told.publishTimestamp)) return false;
  const { publish_timestamp, attribute_count } = told.state;
  const expected = {
    ...note.state,
    ...(published ? { publish_timestamp } : {}),
    ...(anyCount ? { attribute_count } : {}),
  };
  return isAsExpected(note.kind, expected, told.state);
}

/** What has no time is in no range. */
const isIn = ([from, to]: Range, moment: number) => moment >= from && moment <= to;
