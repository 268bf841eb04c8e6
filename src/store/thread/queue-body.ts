import { eventKeys } from '../../echo/things';
import type { QueueEntry } from '../../queue/queue';
import { WorkflowError } from '../../text';
import { hideSecretsOf } from '../../triggers/secrets';

type Put = Pick<QueueEntry & { enter: 'put' }, 'body' | 'inOrder' | 'withoutSecrets'>;

/** Where the order is to be kept, requests that are about no event are in one line. */
const NO_EVENT = '-';

/**
 * What is kept of a request: without the keys and passwords of its trigger, and where the order is to be kept, of which
 * event it is.
 * @throws {WorkflowError} if keys and passwords cannot be taken out because it cannot be read
 */
export function prepared({ body, inOrder, withoutSecrets }: Put): {
  body: Uint8Array<ArrayBuffer>;
  event: string;
} {
  if (!inOrder && withoutSecrets === undefined) return { body, event: '' };
  const request = read(body);
  if (withoutSecrets !== undefined && request === undefined) throw new WorkflowError('queue.unreadable');
  const event = inOrder ? (eventKeys(request?.data).at(-1) ?? NO_EVENT) : '';
  if (withoutSecrets === undefined) return { body, event };
  hideSecretsOf(withoutSecrets, request?.data);
  const text = Buffer.from(JSON.stringify(request));
  // A buffer of its own: small ones of Node's share theirs, and cannot be handed over.
  return { body: new Uint8Array(text), event };
}

function read(body: Uint8Array): { data?: unknown } | undefined {
  try {
    const request = JSON.parse(
      Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString(),
    ) as unknown;
    return typeof request === 'object' && request !== null ? request : undefined;
  } catch {
    return undefined;
  }
}
