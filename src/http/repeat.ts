/** How patiently a request is made again. */
export interface Patience {
  /** The pause after the first try; each further one is twice as long. */
  firstMs: number;
  /** Who asks for more than this is not waited for. */
  longestMs: number;
}

/** Tries of one request at most, the first included. */
export const MOST_TRIES = 3;

/**
 * How long to wait before the next try, in milliseconds; longer each time, and by chance, so that many callers do not
 * come back at the same moment.
 * @param tries made so far
 * @param asked seconds that the other side asks to wait
 * @returns nothing if it is not worth waiting
 */
export function pauseBefore(
  tries: number,
  asked: number,
  { firstMs, longestMs }: Patience,
): number | undefined {
  if (tries >= MOST_TRIES) return undefined;
  const own = firstMs * 2 ** (tries - 1) * (0.5 + Math.random());
  const askedMs = asked * 1000;
  return askedMs > longestMs ? undefined : Math.max(own, askedMs);
}

/**
 * Makes a request, and again as long as there is a pause before the next try.
 * @param pauseAfter how long to wait after an answer or an error, in milliseconds; nothing if it is the last
 */
export async function repeat<T>(
  once: () => Promise<T>,
  pauseAfter: (tries: number, outcome: { answer: T } | { error: unknown }) => number | undefined,
  signal?: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const outcome = await once().then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    const pause = pauseAfter(tries, outcome);
    if (pause !== undefined) await sleep(pause, signal);
    else if ('error' in outcome) throw outcome.error;
    else return outcome.answer;
  }
}

/** Seconds of a `Retry-After` header, or of one like it; 0 if there is none. */
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
