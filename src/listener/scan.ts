/**
 * What one pass over the bytes of a request tells, before anything is parsed.
 * It runs in the service's thread, so that the main thread does not pay for it.
 */
export interface Scan {
  /** The text of the top-level key `module`, if it was seen. */
  module: string | undefined;
  /** The deepest nesting of objects and lists. */
  depth: number;
  /** Whether a key `__proto__` occurs. */
  suspicious: boolean;
  /** Where `Event._AttributeFlattened` stands, if it is byte for byte the list of attributes. */
  flattened: Range | undefined;
}

interface Range {
  start: number;
  end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;

/** Levels that the scan names: body, data, Event, Object[], Object[n] and the keys in there. */
const NAMED_LEVELS = 5;

/**
 * Scans the bytes of a `/query` body. It does not check the JSON: that is for the parser.
 * It stops as soon as the nesting is deeper than `maxDepth`.
 */
export function scanBody(bytes: Uint8Array, maxDepth: number): Scan {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const scanner = new Scanner(buffer, maxDepth);
  scanner.run();
  return {
    module: scanner.module,
    depth: scanner.deepest,
    suspicious: buffer.includes('__proto__') || hasEscapedLetters(buffer),
    flattened: scanner.sameAsAttributes(),
  };
}

/** Whether a letter of `__proto__` may be written as an escape. MISP escapes nothing below U+0080. */
function hasEscapedLetters(buffer: Buffer): boolean {
  if (!buffer.includes('\\u00')) return false;
  return ['\\u005f', '\\u005F', '\\u006', '\\u007'].some((escape) => buffer.includes(escape));
}

class Scanner {
  module: string | undefined;
  deepest = 0;
  private flattened: Range | undefined;
  private attributes: Range[] = [];
  /** Where the objects and lists begin that hold these lists: a key that occurs twice adds one too many. */
  private readonly owners = new Set<number>();
  private readonly events = new Set<number>();
  private readonly objectLists = new Set<number>();
  private readonly path: string[] = [];
  private readonly starts: number[] = [];

  constructor(
    private readonly bytes: Buffer,
    private readonly maxDepth: number,
  ) {}

  run(): void {
    const { bytes, path, maxDepth } = this;
    const length = bytes.length;
    let depth = 0;
    for (let i = 0; i < length; i++) {
      const byte = bytes[i];
      if (byte === QUOTE) {
        const start = i + 1;
        for (i = start; i < length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
        if (depth <= NAMED_LEVELS) this.string(start, i, depth);
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        depth++;
        if (depth > this.deepest) this.deepest = depth;
        if (depth > maxDepth) return;
        if (depth <= NAMED_LEVELS + 1) {
          this.starts[depth] = i;
          path[depth] = '';
        }
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (byte === CLOSE_LIST && depth <= NAMED_LEVELS + 1) this.listEnds(depth, i);
        depth--;
      }
    }
  }

  /** A string at a named level: a key if a colon follows, else the value of the last key. */
  private string(start: number, end: number, depth: number): void {
    if (this.bytes[end + 1] === 0x3a || this.nextIsColon(end + 1)) {
      this.path[depth] = end - start <= 24 ? this.bytes.toString('latin1', start, end) : '';
    } else if (depth === 1 && this.path[1] === 'module') {
      this.module = this.bytes.toString('utf8', start, end);
    }
  }

  private nextIsColon(at: number): boolean {
    while (this.bytes[at] <= 0x20) at++;
    return this.bytes[at] === 0x3a;
  }

  /** A list has ended; its key stands one level above. */
  private listEnds(depth: number, at: number): void {
    const { path, starts } = this;
    if (path[1] !== 'data' || path[2] !== 'Event') return;
    const key = path[depth - 1];
    const range = { start: starts[depth] + 1, end: at };
    if (depth === 4 && key === '_AttributeFlattened') this.flattened = range;
    else if (depth === 4 && key === 'Attribute') this.attributes.unshift(range);
    else if (depth === 4 && key === 'Object') this.objectLists.add(starts[4]);
    else if (depth === 6 && key === 'Attribute' && path[3] === 'Object') this.attributes.push(range);
    else return;
    this.events.add(starts[3]);
    if (key === 'Attribute') this.owners.add(starts[depth - 1]);
  }

  /** JSON with a key twice means its last value; the shortcut below is not for such texts. */
  private get hasRepeatedKeys(): boolean {
    return this.owners.size !== this.attributes.length || this.events.size > 1 || this.objectLists.size > 1;
  }

  /** The flattened list, if its text is the text of all attributes: the event's own, then the objects'. */
  sameAsAttributes(): Range | undefined {
    const { flattened, bytes } = this;
    if (!flattened || this.deepest > this.maxDepth || this.hasRepeatedKeys) return undefined;
    const parts = this.attributes.filter((part) => part.end > part.start);
    let at = flattened.start;
    for (const [index, part] of parts.entries()) {
      if (index > 0 && bytes[at++] !== COMMA) return undefined;
      const end = at + part.end - part.start;
      if (end > flattened.end || bytes.compare(bytes, at, end, part.start, part.end) !== 0) return undefined;
      at = end;
    }
    return at === flattened.end ? flattened : undefined;
  }
}
