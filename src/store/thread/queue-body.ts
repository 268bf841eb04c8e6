import { eventKeys } from '../../echo/things';
import { isRecord } from '../../event/values';
import type { QueueEntry } from '../../queue/queue';
import { WorkflowError } from '../../text';
import { envOf } from '../../triggers/env';
import { hideSecretsOf } from '../../triggers/secrets';

type Put = Pick<QueueEntry & { enter: 'put' }, 'body' | 'inOrder' | 'withoutSecrets'>;

/** Where the order is to be kept, requests that are about no event are in one line. */
const NO_EVENT = '-';

/**
 * What is kept of a request: without the keys and passwords of its trigger and of its `_env`, and where the order is to
 * be kept, of which event it is.
 * @throws {WorkflowError} if keys and passwords cannot be taken out because it cannot be read
 */
export function prepared({ body, inOrder, withoutSecrets }: Put): {
  body: Uint8Array<ArrayBuffer>;
  event: string;
} {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const mayHide = withoutSecrets !== undefined || bytes.includes('"_env"');
  if (!inOrder && !mayHide) return { body, event: '' };
  const request = read(bytes);
  if (withoutSecrets !== undefined && request === undefined) throw new WorkflowError('queue.unreadable');
  const event = inOrder ? (eventKeys(request?.data).at(-1) ?? NO_EVENT) : '';
  if (!mayHide || request === undefined) return { body, event };
  if (withoutSecrets !== undefined) hideSecretsOf(withoutSecrets, request.data);
  hideSecretsOfEnv(request);
  // A buffer of its own: small ones of Node's share theirs, and cannot be handed over.
  return { body: new Uint8Array(Buffer.from(JSON.stringify(request))), event };
}

/** Flows do not get them either. */
function hideSecretsOfEnv(request: { data?: unknown; _env?: unknown }): void {
  const env = envOf(request);
  const { data } = request;
  if ('_env' in request) request._env = env;
  if (isRecord(data) && '_env' in data) Object.assign(data, { _env: env });
}

function read(bytes: Buffer): { data?: unknown } | undefined {
  try {
    const request = JSON.parse(bytes.toString()) as unknown;
    return typeof request === 'object' && request !== null ? request : undefined;
  } catch {
    return undefined;
  }
}
