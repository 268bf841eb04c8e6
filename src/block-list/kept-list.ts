import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import path from 'node:path';
import { saidBy, WorkflowError, type Said, type Text } from '../text';
import { heldBack, LargestSize, type ListGuard } from './change';
import { entryOf, type Entry, type EntryKind } from './entry';
import { appendTo, contentOf, keepAs, replaceFile, snapshot } from './files';
import { formatted, KINDS, type ListFormat } from './format';
import { Listed, type Delta, type Source, type Wish } from './listed';
import { sparing, type Spares } from './never';
import { blockOf, readSaved, savedText } from './saved';

/** What a list may be about. */
export const HOLDS = {
  all: ['ip', 'network', 'domain', 'url'],
  addresses: ['ip', 'network'],
  names: ['domain'],
  urls: ['url'],
} as const satisfies Record<string, readonly EntryKind[]>;
export type Holds = keyof typeof HOLDS;

export interface ListSettings {
  name: string;
  format: ListFormat;
  holds: Holds;
  subdomains: boolean;
  /** What is never on it. */
  never: readonly string[];
  /** An attribute that was not changed for so long is left out, in days; 0: no matter how old. */
  days: number;
  guard: ListGuard;
  snapshots: number;
  /** Where it is kept; nowhere, without. */
  folder?: string;
  /** Another file that gets it. */
  copy?: string;
}

/** The list as those get it who fetch it: one piece, never changed. */
export interface ListContent {
  bytes: Buffer;
  etag: string;
}

/** What became of a wish. */
export interface ListOutcome {
  added: readonly string[];
  removed: readonly string[];
  /** How many are on the list. */
  entries: number;
  /** Why nothing was changed. */
  held?: Text;
}

interface Events {
  /** There is something new to fetch. */
  content: [ListContent];
  /** Something is wrong with it. */
  trouble: [Said];
}

const DAY_S = 86_400;
const now = () => Math.floor(Date.now() / 1000);

/** A list on disk and in memory. Who fetches it gets what is on disk, whole: the old one until the new one is there. */
export class KeptList extends EventEmitter<Events> {
  content: ListContent | undefined;
  private readonly listed = new Listed();
  private readonly largest = new LargestSize();
  private readonly spares: Spares;
  private readonly kinds: ReadonlySet<EntryKind>;
  private serial = 0;
  /** What has changed since it was written what the list is kept from. */
  private unsaved = new Map<string, Source | undefined>();
  /** How many changes stand behind that, each in a line; infinite, if it is to be written anew. */
  private behind = Infinity;
  private readonly ready: Promise<void>;
  private writing: Promise<void> = Promise.resolve();
  /** The writing that is to begin, for all changes up to then. */
  private next: Promise<void> | undefined;

  /** @throws {WorkflowError} if an exception cannot be read */
  constructor(private readonly settings: ListSettings) {
    super();
    const { format, holds, never } = settings;
    this.spares = sparing(never);
    const kinds: readonly EntryKind[] = HOLDS[holds];
    this.kinds = new Set(kinds.filter((kind) => KINDS[format].includes(kind)));
    this.ready = this.load();
    // Each change tells it, too.
    this.ready.catch((error: unknown) => this.emit('trouble', saidBy(error)));
  }

  get name(): string {
    return this.settings.name;
  }

  /** Whether an entry may be on the list. */
  readonly admits = (entry: Entry): boolean => this.kinds.has(entry.kind) && !this.spares(entry);

  /** What a wish would come to. @throws {WorkflowError} if the list cannot be read */
  async preview(wish: Wish, force = false): Promise<ListOutcome> {
    await this.ready;
    return this.judged(this.listed.delta(wish), force);
  }

  /**
   * Changes the list; done when it is on disk.
   * @param force whatever becomes of it: somebody has looked
   * @throws {WorkflowError} if it cannot be read or written
   */
  async change(wish: Wish, force = false): Promise<ListOutcome> {
    await this.ready;
    const delta = this.listed.delta(wish);
    const outcome = this.judged(delta, force);
    if (outcome.held) this.emit('trouble', outcome.held);
    else if (delta.changes.size > 0) await this.put(delta, force);
    return outcome;
  }

  /** Takes off what is too old. */
  async expire(): Promise<void> {
    await this.ready;
    const { days } = this.settings;
    if (days <= 0) return;
    const delta = this.listed.expired(now() - days * DAY_S);
    if (delta.changes.size === 0) return;
    const { held } = this.judged(delta, false);
    if (held) this.emit('trouble', held);
    else await this.put(delta);
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.ready.catch(() => undefined);
    await (this.next ?? this.writing).catch(() => undefined);
    this.removeAllListeners();
  }

  private judged({ added, removed }: Delta, force: boolean): ListOutcome {
    const { size } = this.listed;
    const entries = size + added.length - removed.length;
    const held = force ? undefined : heldBack(size, entries, this.settings.guard, this.largest.of(size));
    return held ? { added: [], removed: [], entries: size, held } : { added, removed, entries };
  }

  private async put(delta: Delta, force = false): Promise<void> {
    const shrinks = delta.removed.length > delta.added.length;
    if (force) this.largest.forget();
    else if (shrinks) this.largest.note(this.listed.size);
    this.listed.apply(delta);
    if (this.files) for (const [key, source] of delta.changes) this.unsaved.set(key, source);
    if (delta.added.length + delta.removed.length > 0) this.serial = Math.max(this.serial + 1, now());
    await this.save();
  }

  private async load(): Promise<void> {
    const { files } = this;
    if (!files) return;
    try {
      // Who fetches it is not kept waiting, whatever comes next.
      const known = await contentOf(files.list);
      if (known) this.publish(known);
      const text = (await contentOf(files.sources))?.toString('utf8');
      // A new list is not served before there is something on it: who fetches an empty one opens all.
      if (text === undefined && !known) return;
      const saved = readSaved(text ?? '');
      if (!saved) throw new WorkflowError('blockList.notWhole', { file: path.basename(files.sources) });
      this.serial = saved.serial;
      const isAsSaved = this.take(saved.sources);
      if (saved.goesOn && isAsSaved) this.behind = 0;
      const bytes = this.render();
      if (known?.equals(bytes) && !this.settings.copy) return;
      await this.save();
    } catch (error) {
      const { name } = this;
      throw new WorkflowError('blockList.unreadable', { name, problem: saidBy(error) }, { cause: error });
    }
  }

  /** What was saved, as far as it may be on the list as it is set up now. @returns whether that is all of it */
  private take(sources: ReadonlyMap<string, Source>): boolean {
    const put = new Map<string, Source>();
    let isAll = true;
    for (const [key, source] of sources) {
      const values = source.values.filter((value) => this.takes(value));
      if (values.length > 0) put.set(key, { ...source, values });
      if (values.length < source.values.length) isAll = false;
    }
    this.listed.apply(this.listed.delta({ whole: true, put, drop: new Set() }));
    return isAll;
  }

  private takes(value: string): boolean {
    const entry = entryOf(value);
    return entry !== undefined && this.admits(entry);
  }

  /** All changes until the writing begins go with it. */
  private save(): Promise<void> {
    this.next ??= this.writing
      .catch(() => undefined)
      .then(() => {
        this.writing = this.next as Promise<void>;
        this.next = undefined;
        return this.write();
      });
    return this.next;
  }

  private async write(): Promise<void> {
    const { files } = this;
    const bytes = this.render();
    try {
      if (files) await this.writeFiles(files, bytes);
      this.publish(bytes);
      if (this.settings.copy) await replaceFile(this.settings.copy, bytes, 'all');
    } catch (error) {
      const { name } = this;
      const failure = new WorkflowError(
        'blockList.notWritten',
        { name, problem: saidBy(error) },
        { cause: error },
      );
      this.emit('trouble', failure.said);
      throw failure;
    }
  }

  private async writeFiles(
    files: { list: string; old: string; sources: string },
    bytes: Buffer,
  ): Promise<void> {
    // First what it is kept from: a list that is older than that is written again at the next start.
    await this.writeSources(files.sources);
    if (this.content && !this.content.bytes.equals(bytes)) {
      await snapshot(files.list, this.settings.snapshots);
      await keepAs(files.list, files.old);
    }
    await replaceFile(files.list, bytes, 'own');
  }

  /** Writes what has changed behind what is there, and all anew when that has become half of it. */
  private async writeSources(file: string): Promise<void> {
    const { serial, unsaved, listed } = this;
    const behind = this.behind + unsaved.size;
    const goesOn = behind <= listed.sources.size;
    this.unsaved = new Map();
    // Until it is known how far it came.
    this.behind = Infinity;
    // Somebody may have removed it.
    const hasGoneOn = goesOn && (await appendTo(file, blockOf(unsaved, serial)));
    if (!hasGoneOn) await replaceFile(file, savedText(listed.sources, serial), 'own');
    this.behind = hasGoneOn ? behind : 0;
  }

  private get files() {
    const { folder, name } = this.settings;
    if (folder === undefined) return undefined;
    const file = (ending: string) => path.join(folder, `${name}.${ending}`);
    return { list: file('txt'), old: file('old.txt'), sources: file('sources') };
  }

  private render(): Buffer {
    const { serial } = this;
    return Buffer.from(formatted(this.entries(), { ...this.settings, serial }));
  }

  private *entries(): Generator<Entry> {
    for (const value of this.listed.values()) yield { kind: kindOf(value), value };
  }

  private publish(bytes: Buffer): void {
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
    if (this.content?.etag === etag) return;
    this.content = { bytes, etag };
    this.emit('content', this.content);
  }
}

/** Of a value that `entryOf` has made: by how it looks. */
function kindOf(value: string): EntryKind {
  if (value.includes('://')) return 'url';
  if (value.includes('/')) return 'network';
  return value.includes(':') || /^[\d.]+$/.test(value) ? 'ip' : 'domain';
}
