/** An attribute that has put values on the list, or keeps them off it. */
export interface Source {
  /** When it was changed last, in seconds since 1970. */
  at: number;
  values: readonly string[];
  /** Its values are kept off, whoever else lists them. */
  off?: boolean;
}

/** What a message wants of a list. */
export interface Wish {
  /** Nothing else is to be on the list. */
  whole: boolean;
  put: ReadonlyMap<string, Source>;
  drop: ReadonlySet<string>;
}

/** What a wish comes to. */
export interface Delta {
  added: string[];
  removed: string[];
  /** What changes, by the key of the attribute; nothing in place of one that goes. */
  changes: Map<string, Source | undefined>;
}

/**
 * The values of a list, and the attributes that they come from: a value stays as long as one of them has it. A change
 * costs what it is about, and not what the list is long.
 */
export class Listed {
  readonly sources = new Map<string, Source>();
  /** How many attributes list a value, and how many keep it off. */
  private readonly on = new Map<string, number>();
  private readonly off = new Map<string, number>();
  private count = 0;

  /** How many values are on the list. */
  get size(): number {
    return this.count;
  }

  *values(): Generator<string> {
    for (const value of this.on.keys()) if (!this.off.has(value)) yield value;
  }

  /** What would change; nothing does yet. */
  delta({ whole, put, drop }: Wish): Delta {
    const changes = new Map<string, Source | undefined>();
    if (whole) for (const key of this.sources.keys()) if (!put.has(key)) changes.set(key, undefined);
    for (const key of drop) if (this.sources.has(key)) changes.set(key, undefined);
    for (const [key, source] of put) if (!isSame(this.sources.get(key), source)) changes.set(key, source);
    return { ...this.effectOf(changes), changes };
  }

  /** What goes because it is older. @param before seconds since 1970 */
  expired(before: number): Delta {
    const changes = new Map<string, undefined>();
    for (const [key, { at, off }] of this.sources) if (at < before && !off) changes.set(key, undefined);
    return { ...this.effectOf(changes), changes };
  }

  apply({ changes, added, removed }: Delta): void {
    for (const [key, source] of changes) {
      const before = this.sources.get(key);
      if (before) this.add(before, -1);
      if (source) {
        this.add(source, 1);
        this.sources.set(key, source);
      } else this.sources.delete(key);
    }
    this.count += added.length - removed.length;
  }

  private effectOf(changes: ReadonlyMap<string, Source | undefined>): Pick<Delta, 'added' | 'removed'> {
    const touched = new Map<string, { on: number; off: number }>();
    const note = ({ values, off }: Source, by: number) => {
      for (const value of values) {
        const sum = touched.get(value) ?? { on: this.on.get(value) ?? 0, off: this.off.get(value) ?? 0 };
        sum[off ? 'off' : 'on'] += by;
        touched.set(value, sum);
      }
    };
    for (const [key, source] of changes) {
      const before = this.sources.get(key);
      if (before) note(before, -1);
      if (source) note(source, 1);
    }
    const added: string[] = [];
    const removed: string[] = [];
    for (const [value, { on, off }] of touched) {
      const isListed = on > 0 && off <= 0;
      if (isListed === this.has(value)) continue;
      (isListed ? added : removed).push(value);
    }
    return { added, removed };
  }

  private has(value: string): boolean {
    return this.on.has(value) && !this.off.has(value);
  }

  private add({ values, off }: Source, by: number): void {
    const counts = off ? this.off : this.on;
    for (const value of values) {
      const count = (counts.get(value) ?? 0) + by;
      if (count > 0) counts.set(value, count);
      else counts.delete(value);
    }
  }
}

function isSame(one: Source | undefined, other: Source): boolean {
  if (!one || one.at !== other.at || Boolean(one.off) !== Boolean(other.off)) return false;
  return (
    one.values.length === other.values.length && one.values.every((value, at) => value === other.values[at])
  );
}
