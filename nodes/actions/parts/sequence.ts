import { setImmediate } from 'node:timers/promises';
import { mispOf, type Message } from '../../../src/runs/message';

/** A place in a sequence, as Node-RED's split and join nodes know it. */
interface Parts {
  id: string;
  type: 'array';
  index: number;
  /** Items of one message; above 1 a join node puts the lists together. */
  len: number;
  /** How many messages there are; known at the last one. */
  count?: number;
  parts?: unknown;
}

/** Each entry, and whether it is the last: the next one is looked for first. */
export async function* withLast<T>(entries: AsyncIterable<T>): AsyncGenerator<{ entry: T; last: boolean }> {
  let held: { entry: T } | undefined;
  for await (const entry of entries) {
    if (held) yield { ...held, last: false };
    held = { entry };
  }
  if (held) yield { ...held, last: true };
}

/**
 * Sends a message for each payload, as a sequence that a join node can put together; the last one is marked
 * `complete`. Only one payload and its successor are held.
 * @param template what all the messages have besides
 * @param send false when there is nobody to send to any more
 * @returns how many were sent
 */
export async function sendSequence(
  template: Message,
  payloads: AsyncIterable<unknown>,
  { id, len }: Pick<Parts, 'id' | 'len'>,
  send: (message: Message) => boolean,
): Promise<number> {
  const { parts: outer, complete, ...base } = template;
  void complete;
  let index = 0;
  for await (const { entry, last } of withLast(payloads)) {
    const parts: Parts = { id, type: 'array', index, len };
    if (outer !== undefined) parts.parts = outer;
    if (last) parts.count = index + 1;
    const misp = base.misp === undefined ? {} : { misp: { ...mispOf(base) } };
    if (!send({ ...base, ...misp, payload: entry, parts, ...(last ? { complete: true } : {}) })) return index;
    index += 1;
    // The other nodes get their turn: a message is handled before the next page is read.
    await setImmediate();
  }
  return index;
}
