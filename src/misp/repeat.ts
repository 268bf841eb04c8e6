/** Calls that only look, although they are POSTs. */
const READING = /^\/[\w-]+\/(?:restSearch|search|index|checkValue)(?:\.json)?(?:[/?]|$)/;

/** Whether it does no harm if MISP carries the call out twice. */
export function onlyReads(method: string, path: string): boolean {
  const verb = method.toUpperCase();
  return verb === 'GET' || verb === 'HEAD' || (verb === 'POST' && READING.test(path));
}

/** Calls of one request at most, the first included. */
export const MOST_TRIES = 3;
const FIRST_PAUSE_MS = 150;
/** A MISP that asks for more patience than this is not waited for. */
export const LONGEST_PAUSE_MS = 10_000;

/**
 * How long to wait before the next try, in milliseconds; longer each time, and by chance, so that many callers do not
 * come back at the same moment.
 * @param tries calls made so far
 * @param asked seconds that MISP asks to wait
 * @returns nothing if it is not worth waiting
 */
export function pauseBefore(tries: number, asked = 0): number | undefined {
  if (tries >= MOST_TRIES) return undefined;
  const own = FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random());
  const askedMs = asked * 1000;
  return askedMs > LONGEST_PAUSE_MS ? undefined : Math.max(own, askedMs);
}

/** Seconds of a `Retry-After` header; 0 if there is none. */
export function secondsOf(retryAfter: unknown): number {
  if (typeof retryAfter !== 'string' || retryAfter.trim() === '') return 0;
  const seconds = Number(retryAfter);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(retryAfter);
  return Number.isFinite(at) ? Math.max(0, (at - Date.now()) / 1000) : 0;
}

/** Waits, or not any more when the signal comes. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted) end();
  });
}
