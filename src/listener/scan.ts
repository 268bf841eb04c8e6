/**
 * What one pass over the bytes of a request tells, before anything is parsed.
 * It runs in the service's thread, so that the main thread does not pay for it.
 */
export interface Scan {
  /** The text of the top-level key `module`, if it was seen. */
  module: string | undefined;
  /** The number of the top-level key `timeout`: seconds after which MISP gives up. */
  timeout: number | undefined;
  /** The deepest nesting of objects and lists. */
  depth: number;
  /** Whether a key `__proto__` may occur. */
  suspicious: boolean;
  /** Whether an object begins with a number for a name: PHP sends lists so that lost entries. */
  keyed: boolean;
  /** Where the entries of `Event._AttributeFlattened` stand, if they are byte for byte the attributes. */
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
const COLON = 0x3a;

/** Levels of nesting: the body, `data`, `Event`, `Event.Object`, `Event.Object[n]`. */
const BODY = 1;
const EVENT = 3;
const EVENT_LIST = 4;
const OBJECT = 5;
const OBJECT_LIST = 6;

/**
 * Scans the bytes of a `/query` body. It does not check the JSON: that is for the parser.
 * It stops as soon as the nesting is deeper than `maxDepth`.
 */
export function scanBody(bytes: Uint8Array, maxDepth: number): Scan {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const layout = new Layout(buffer);
  const depth = walk(buffer, maxDepth, layout);
  // Where lists are objects the walk has not seen all attributes.
  const flattened = depth > maxDepth || layout.keyed ? undefined : layout.copy();
  // What is cut out stands in the text before it, so looking at that is enough.
  const rest = flattened ? buffer.subarray(0, flattened.start) : buffer;
  const tail = flattened ? buffer.subarray(flattened.end) : buffer.subarray(0, 0);
  const suspicious = mayNamePrototype(rest) || mayNamePrototype(tail);
  return {
    module: layout.module,
    timeout: layout.timeout,
    depth,
    suspicious,
    keyed: layout.keyed,
    flattened,
  };
}

/** Walks over strings and brackets, tells `layout` what it needs to know, and returns the deepest level. */
function walk(bytes: Buffer, maxDepth: number, layout: Layout): number {
  const { length } = bytes;
  let depth = 0;
  let deepest = 0;
  let at = 0;
  while (at < length) {
    const byte = bytes[at++];
    if (byte === QUOTE) {
      const start = at;
      let inner = bytes[at++];
      while (inner !== QUOTE && at < length) {
        if (inner === BACKSLASH) at++;
        inner = bytes[at++];
      }
      if (depth <= EVENT || (depth === OBJECT && layout.inObjects)) at = layout.string(start, at - 1, depth);
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth++;
      if (depth > deepest) deepest = depth;
      if (depth > maxDepth) return deepest;
      if (byte === OPEN_OBJECT && !layout.keyed && startsWithNumber(bytes, at)) layout.keyed = true;
      if (depth <= OBJECT_LIST) layout.opens(depth, at);
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (byte === CLOSE_LIST && (depth === EVENT_LIST || depth === OBJECT_LIST))
        layout.listEnds(depth, at - 1);
      depth--;
    }
  }
  return deepest;
}

/** Where the lists of attributes stand in an event. */
class Layout {
  module: string | undefined;
  timeout: number | undefined;
  /** The walk is inside `Event.Object`. */
  inObjects = false;
  /** An object began with a number for a name. */
  keyed = false;
  private readonly keys: string[] = [];
  private readonly starts: number[] = [];
  /** The event's attributes, then those of its objects. */
  private readonly attributes: Range[] = [];
  private flattened: Range | undefined;
  /** How many lists of attributes there were when the copy was compared with them. */
  private compared = 0;
  /** Where the objects and lists begin that hold these lists: a key that occurs twice adds one too many. */
  private readonly owners = new Set<number>();
  private readonly events = new Set<number>();
  private readonly objectLists = new Set<number>();

  constructor(private readonly bytes: Buffer) {}

  opens(depth: number, at: number): void {
    this.starts[depth] = at;
    this.keys[depth] = '';
    if (depth === EVENT_LIST) this.inObjects = this.isEvent && this.keys[EVENT] === 'Object';
  }

  /** A string: a key if a colon follows, else the value of the last key. Returns where the walk goes on. */
  string(start: number, end: number, depth: number): number {
    const { bytes, keys } = this;
    const isKey = bytes[end + 1] === COLON || nextIs(bytes, end + 1, COLON);
    if (isKey) keys[depth] = end - start <= 24 ? bytes.toString('latin1', start, end) : '';
    else if (depth === BODY && keys[BODY] === 'module') this.module = bytes.toString('utf8', start, end);
    if (isKey && depth === BODY && keys[BODY] === 'timeout') this.timeout = numberAfter(bytes, end + 1);
    const isFlattened = isKey && depth === EVENT && keys[EVENT] === '_AttributeFlattened' && this.isEvent;
    return isFlattened ? this.skipCopy(end + 2) : end + 1;
  }

  listEnds(depth: number, at: number): void {
    if (depth === EVENT_LIST && this.inObjects) this.objectLists.add(this.starts[EVENT_LIST]);
    if (depth === EVENT_LIST) this.inObjects = false;
    const isAttributes = this.keys[depth - 1] === 'Attribute' && this.isEvent;
    if (!isAttributes || (depth === OBJECT_LIST && !this.inObjects)) return;
    const range = { start: this.starts[depth], end: at };
    if (depth === EVENT_LIST) this.attributes.unshift(range);
    else this.attributes.push(range);
    this.owners.add(this.starts[depth - 1]);
    this.events.add(this.starts[EVENT]);
  }

  /** The copy, unless lists of attributes came after it or a key occurred twice: JSON means the last one. */
  copy(): Range | undefined {
    const { attributes, owners, events, objectLists } = this;
    const isRegular = owners.size === attributes.length && events.size <= 1 && objectLists.size <= 1;
    return isRegular && attributes.length === this.compared ? this.flattened : undefined;
  }

  private get isEvent(): boolean {
    return this.keys[BODY] === 'data' && this.keys[2] === 'Event';
  }

  /** Compares the list that begins at `at` with all attributes; where they are the same, the walk skips it. */
  private skipCopy(at: number): number {
    const { bytes } = this;
    if (bytes[at] !== OPEN_LIST) return at;
    if (this.flattened) {
      this.compared = -1; // the key occurs twice
      return at;
    }
    let end = at + 1;
    const parts = this.attributes.filter((part) => part.end > part.start);
    for (const [index, part] of parts.entries()) {
      if (index > 0 && bytes[end++] !== COMMA) return at;
      const next = end + part.end - part.start;
      if (next > bytes.length || bytes.compare(bytes, end, next, part.start, part.end) !== 0) return at;
      end = next;
    }
    if (bytes[end] !== CLOSE_LIST) return at;
    this.events.add(this.starts[EVENT]);
    this.flattened = { start: at + 1, end };
    this.compared = this.attributes.length;
    return end + 1;
  }
}

/** Longest text of a number that is read. */
const NUMBER_LENGTH = 32;

/** The number that is the value of a key which ends before `at`; PHP may have put it into quotes. */
function numberAfter(bytes: Buffer, at: number): number | undefined {
  const rest = bytes.toString('latin1', at, at + NUMBER_LENGTH);
  const number = /^\s*:\s*"?(\d+(?:\.\d+)?)"?\s*[,}]/.exec(rest)?.[1];
  return number === undefined ? undefined : Number(number);
}

function nextIs(bytes: Buffer, at: number, wanted: number): boolean {
  let next = at;
  while (bytes[next] <= 0x20) next++;
  return bytes[next] === wanted;
}

/** Whether the first name of an object begins with a digit. */
function startsWithNumber(bytes: Buffer, at: number): boolean {
  let next = at;
  while (bytes[next] <= 0x20) next++;
  const digit = bytes[next] === QUOTE ? bytes[next + 1] : 0;
  return digit >= 0x30 && digit <= 0x39;
}

/** Whether `__proto__` stands there, or a letter of it as an escape. MISP escapes nothing below U+0080. */
function mayNamePrototype(bytes: Buffer): boolean {
  if (bytes.includes('__proto__')) return true;
  if (!bytes.includes('\\u00')) return false;
  return ['\\u005f', '\\u005F', '\\u006', '\\u007'].some((escape) => bytes.includes(escape));
}
