import { WorkflowError } from '../text';
import { listsIn, mayHoldKeyedLists } from '../event/keyed-lists';
import { relinkFlattened } from '../event/relink';
import type { QueryHead } from './protocol';

/** The body of `POST /query`. */
export interface MispRequest {
  module: string;
  data: unknown;
  params: Record<string, unknown>;
  /** Present when the module declares filters or a `hash_path` parameter. */
  filteredItems?: unknown;
  matchingData?: unknown;
}

/** What the scan of the bytes told. */
type ReadHead = Pick<QueryHead, 'flattenedCut' | 'suspicious' | 'keyed'>;

/**
 * Reads a request. Lists that PHP sent as objects are lists afterwards, in the data; the flattened list of
 * attributes is the attributes themselves, not a copy.
 * @throws {WorkflowError} that says what is wrong with the text
 */
export function readRequest(bytes: Uint8Array, head: ReadHead): MispRequest {
  const json = textOf(bytes);
  const body = parse(json);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new WorkflowError('service.noModule');
  }
  if (head.suspicious) removePrototypeKeys(body);
  const request = body as Partial<MispRequest>;
  if (typeof request.module !== 'string' || request.module === '')
    throw new WorkflowError('service.noModule');
  const isKeyed = head.keyed ?? mayHoldKeyedLists(json);
  const data = isKeyed ? listsIn(request.data) : request.data;
  relinkFlattened(data, head.flattenedCut);
  return { ...request, module: request.module, data, params: paramsOf(request.params) };
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
    const position = /position \d+/.exec((error as Error).message);
    throw new WorkflowError('service.notJson', { problem: position?.[0] ?? 'unexpected end' });
  }
}

/** A key `__proto__` would reach prototypes when a flow merges objects. The depth is bounded before. */
export function removePrototypeKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) delete (value as Record<string, unknown>)['__proto__'];
  for (const inner of Object.values(value)) removePrototypeKeys(inner);
}
