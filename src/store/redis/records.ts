import { randomUUID } from 'node:crypto';
import { WorkflowError } from '../../text';
import type { LoadedRecords, RecordChange } from '../records-protocol';
import type { ScriptedClient } from './scripts';

/** More is not written by this package, and not read. */
const MOST = { records: 10_000, bytes: 256 * 1024 * 1024 };

/** A record's field, beside that of the version. */
const FIELD = ':';
/** No set has this version. */
const UNKNOWN = '-';

/** Sets of records that the processes that share a Redis have in common: a hash each, with a version that is never used twice. */
export class RedisRecords {
  /** Sets that are watched, with their versions as they are known here. */
  private readonly watched = new Map<string, string>();
  /** The versions that they are getting from here: a look may hear of one before whoever has made it. */
  private readonly own = new Map<string, string>();

  /** @param client fails when Redis is away */
  constructor(
    private readonly client: ScriptedClient,
    private readonly prefix: string,
    private readonly most = MOST,
  ) {}

  /** @throws {WorkflowError} if there is more than this package writes */
  async load(set: string, known = UNKNOWN): Promise<LoadedRecords> {
    const key = this.keyOf(set);
    const { records: most, bytes } = this.most;
    const [version, fields] = await this.client.mispLoad(key, known, most, bytes);
    if (fields === 0) throw new WorkflowError('records.tooLarge', { key });
    this.saw(set, version);
    if (fields === undefined) return { version };
    const records: [string, string][] = [];
    for (let at = 0; at + 1 < fields.length; at += 2)
      if (fields[at].startsWith(FIELD)) records.push([fields[at].slice(FIELD.length), fields[at + 1]]);
    return { version, records };
  }

  /** @returns the version that it is now; undefined if another process has changed it */
  async commit(set: string, version: string, changes: readonly RecordChange[]): Promise<string | undefined> {
    const next = randomUUID();
    this.own.set(set, next);
    const gone = changes.flatMap(([id, text]) => (text === null ? [FIELD + id] : []));
    const kept = changes.flatMap(([id, text]) => (text === null ? [] : [FIELD + id, text]));
    try {
      const isKept = await this.client.mispCommit(
        ...[this.keyOf(set), version, next, String(gone.length), ...gone, ...kept],
      );
      if (isKept !== 1) return undefined;
      this.saw(set, next);
      return next;
    } finally {
      this.own.delete(set);
    }
  }

  watch(set: string): void {
    if (!this.watched.has(set)) this.watched.set(set, UNKNOWN);
  }

  /** @returns which of the watched ones others have changed since it was looked last */
  async look(): Promise<string[]> {
    const changed = await Promise.all(
      [...this.watched.keys()].map(async (set) => {
        const version = (await this.client.hmget(this.keyOf(set), 'version'))[0] ?? '';
        const isKnown = [this.watched.get(set), this.own.get(set)].includes(version);
        this.watched.set(set, version);
        return isKnown ? [] : [set];
      }),
    );
    return changed.flat();
  }

  private saw(set: string, version: string): void {
    if (this.watched.has(set)) this.watched.set(set, version);
  }

  private keyOf(set: string): string {
    return `${this.prefix}:records:${set}`;
  }
}
