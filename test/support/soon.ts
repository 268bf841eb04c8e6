import { strict as assert } from 'node:assert';

/** So many times as long nothing takes because of what else the machine does. */
const AT_MOST = 10;

/**
 * Fails unless work is done within so many milliseconds in one of ten tries, and within ten times as many in each: what
 * else the machine does is no part of it, what takes long by itself takes long each time, and what is kept from the
 * first time hides nothing.
 */
export async function soon(ms: number, work: () => unknown, of = work.toString()): Promise<void> {
  let took = Infinity;
  for (let tries = 0; took >= ms && tries < 10; tries++) {
    const started = performance.now();
    await work();
    const now = performance.now() - started;
    assert.ok(now < AT_MOST * ms, `${Math.round(now)} ms: ${of}`);
    took = Math.min(took, now);
  }
  assert.ok(took < ms, `${Math.round(took)} ms: ${of}`);
}

/** Asks until an answer comes within so many milliseconds, ten times at most. @returns it @throws if none did */
export async function answeredWithin<Reply extends { ms: number; text: string }>(
  ms: number,
  ask: () => Promise<Reply>,
): Promise<Reply> {
  let reply = await ask();
  for (let tries = 1; reply.ms >= ms && tries < 10; tries++) reply = await ask();
  assert.ok(reply.ms < ms, `${reply.text} after ${Math.round(reply.ms)} ms`);
  return reply;
}
