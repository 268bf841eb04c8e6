import type { Message } from '../../src/runs/tracker';

/** Puts other data in place of the message's. Filters were about what was there before: they end with it. */
export function withPayload(message: Message, payload: unknown): Message {
  const { filters, ...misp } = (message.misp ?? {}) as Record<string, unknown>;
  message.payload = payload;
  if (filters !== undefined) message.misp = misp;
  return message;
}
