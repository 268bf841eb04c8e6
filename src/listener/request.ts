import { text, WorkflowError } from '../text';
import { listsIn, mayHoldKeyedLists } from '../event/keyed-lists';
import { relinkFlattened } from '../event/relink';

/** The body of `POST /query` that a workflow sends. */
export interface MispRequest {
  module: string;
  data: unknown;
  params: Record<string, unknown>;
  /** Present when the module declares filters or a `hash_path` parameter. */
  filteredItems?: unknown;
  matchingData?: unknown;
}

/** What the scan of the bytes told. */
export interface ScanNotes {
  /** The flattened list was an exact copy of the attributes and was cut out. */
  flattenedCut: boolean;
  /** The text holds the key `__proto__`. */
  suspicious: boolean;
  /** The text may hold a list that PHP sent as an object with numbers for names; unknown: look. */
  keyed?: boolean;
}

/** The body of a request of any kind, parsed. No key of it reaches prototypes. */
export interface RequestBody {
  fields: { readonly module: string } & Readonly<Record<string, unknown>>;
  flattenedCut: boolean;
  keyed: boolean;
}

/**
 * Parses the body of a request.
 * @throws {WorkflowError} that says what is wrong with the text
 */
export function readBody(bytes: Uint8Array, notes: ScanNotes): RequestBody {
  const json = textOf(bytes);
  const fields = parse(json);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new WorkflowError('service.noModule');
  }
  if (notes.suspicious) removePrototypeKeys(fields);
  if (!namesModule(fields)) throw new WorkflowError('service.noModule');
  const keyed = notes.keyed ?? mayHoldKeyedLists(json);
  return { fields, flattenedCut: notes.flattenedCut, keyed };
}

function namesModule(fields: object): fields is RequestBody['fields'] {
  const { module } = fields as { module?: unknown };
  return typeof module === 'string' && module !== '';
}

/**
 * The request in a body. Lists that PHP sent as objects are lists afterwards, in the data; the flattened list of
 * attributes is the attributes themselves, not a copy.
 */
export function requestOf({ fields, flattenedCut, keyed }: RequestBody): MispRequest {
  const data = keyed ? listsIn(fields.data) : fields.data;
  relinkFlattened(data, flattenedCut);
  return { ...fields, data, params: paramsOf(fields.params) };
}

/**
 * Reads a request of a workflow.
 * @throws {WorkflowError} that says what is wrong with the text
 */
export function readRequest(bytes: Uint8Array, notes: ScanNotes): MispRequest {
  return requestOf(readBody(bytes, notes));
}

/** Without parameters MISP sends an empty list: PHP has one array type. */
function paramsOf(params: unknown): Record<string, unknown> {
  return typeof params === 'object' && params !== null && !Array.isArray(params)
    ? (params as Record<string, unknown>)
    : {};
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    // V8's message quotes the text around the error, which may be a secret: only the position is kept.
    const [, position] = /position (\d+)/.exec((error as Error).message) ?? [];
    throw new WorkflowError('service.notJson', {
      problem: position === undefined ? text('json.cut') : text('json.position', { position }),
    });
  }
}

/** A key `__proto__` would reach prototypes when a flow merges objects. The depth is bounded before. */
export function removePrototypeKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) delete (value as Record<string, unknown>)['__proto__'];
  for (const inner of Object.values(value)) removePrototypeKeys(inner);
}
