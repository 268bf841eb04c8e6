import { createHash } from 'node:crypto';

/** A row of MISP's tags, keys in the order of `tags/add`. */
export interface StoredTag {
  id: string;
  name: string;
  colour: string;
  exportable: boolean;
  org_id: string;
  user_id: string;
  hide_tag: boolean;
  numerical_value: null;
  is_galaxy: boolean;
  is_custom_galaxy: boolean;
  local_only: boolean;
}

/** The tags that a MISP has. Names are the same whatever their case, as in MISP's database. */
export class TagStore {
  private readonly byId = new Map<string, StoredTag>();
  private readonly byName = new Map<string, StoredTag>();
  private last = 0;
  private sorted: StoredTag[] | undefined;

  get size(): number {
    return this.byId.size;
  }

  /** By id, or by name. */
  find(key: unknown): StoredTag | undefined {
    const text = String(key).trim();
    return this.byName.get(text.toLowerCase()) ?? (/^\d+$/.test(text) ? this.byId.get(text) : undefined);
  }

  /** The tag of this name, made if there is none. */
  make(name: string, given: Partial<StoredTag> = {}): StoredTag {
    const known = this.byName.get(name.trim().toLowerCase());
    if (known) return known;
    const tag: StoredTag = {
      id: given.id && !this.byId.has(given.id) ? given.id : String(this.last + 1),
      name: name.trim(),
      colour: given.colour ?? `#${createHash('md5').update(name).digest('hex').slice(0, 6)}`,
      exportable: given.exportable ?? true,
      org_id: given.org_id ?? '0',
      user_id: '0',
      hide_tag: given.hide_tag ?? false,
      numerical_value: null,
      is_galaxy: given.is_galaxy ?? name.startsWith('misp-galaxy:'),
      is_custom_galaxy: false,
      local_only: given.local_only ?? false,
    };
    this.last = Math.max(this.last, Number(tag.id));
    this.byId.set(tag.id, tag);
    this.byName.set(tag.name.toLowerCase(), tag);
    this.sorted = undefined;
    return tag;
  }

  /** Many tags at once, `seed:tag-00001` and so on. */
  seed(count: number): void {
    for (let index = 1; index <= count; index++) this.make(`seed:tag-${String(index).padStart(5, '0')}`);
  }

  /** In the order of `tags/index`: by name. */
  list(): readonly StoredTag[] {
    this.sorted ??= [...this.byId.values()].sort((a, b) =>
      a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1,
    );
    return this.sorted;
  }

  /** Those whose name is like one of the patterns of `tags/search`: `%` is any text, `_` any character. */
  like(patterns: readonly string[]): StoredTag[] {
    const plain = patterns.filter((pattern) => !/[%_\\]/.test(pattern));
    const wild = patterns.filter((pattern) => /[%_\\]/.test(pattern)).map(likeExpression);
    const found = new Set(plain.map((name) => this.byName.get(name.toLowerCase())));
    if (wild.length > 0) {
      for (const tag of this.byId.values())
        if (wild.some((pattern) => pattern.test(tag.name))) found.add(tag);
    }
    return [...found].filter((tag) => tag !== undefined).sort((a, b) => Number(a.id) - Number(b.id));
  }
}

/** A backslash takes the meaning from the sign behind it. */
function likeExpression(pattern: string): RegExp {
  const source = pattern.replace(
    /\\(.)|([%_])|[.*+?^${}()|[\]\\]/gs,
    (sign, literal?: string, wild?: string) => {
      if (wild) return wild === '%' ? '.*' : '.';
      return `\\${literal ?? sign}`.replace(/^\\(\w)$/, '$1');
    },
  );
  return new RegExp(`^${source}$`, 'i');
}
