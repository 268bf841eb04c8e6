import { extractData } from '../event/hash';
import type { Plan, ZmqPublish } from './plan';

/**
 * MISP's module `push-zmq`: what the path finds is sent as one message, by reference.
 * @param path a hash path; empty for all data
 * @throws HashPathError if the path cannot be read, or the data is no list or object
 */
export function planPushZmq(path: string | undefined, data: unknown): Plan<ZmqPublish> {
  return [{ do: 'zmq-publish', message: extractData(data, path ?? '') }];
}
