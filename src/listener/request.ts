import { WorkflowError } from '../text';
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

/**
 * Reads a request. The flattened list of attributes is the attributes themselves afterwards, not a copy.
 * @throws {WorkflowError} that says what is wrong with the text
 */
export function readRequest(
  bytes: Uint8Array,
  head: Pick<QueryHead, 'flattenedCut' | 'suspicious'>,
): MispRequest {
  const body = parse(bytes);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new WorkflowError('service.noModule');
  }
  if (head.suspicious) removePrototypeKeys(body);
  const request = body as Partial<MispRequest>;
  if (typeof request.module !== 'string' || request.module === '')
    throw new WorkflowError('service.noModule');
  relinkFlattened(request.data, head.flattenedCut);
  return { ...request, module: request.module, data: request.data, params: paramsOf(request.params) };
}

/** Without parameters MISP sends an empty list: PHP has one array type. */
function paramsOf(params: unknown): Record<string, unknown> {
  return typeof params === 'object' && params !== null && !Array.isArray(params)
    ? (params as Record<string, unknown>)
    : {};
}

function parse(bytes: Uint8Array): unknown {
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
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
