/** What the flow needs to get its verdict through after a receiver has not answered, in milliseconds. */
const MARGIN_MS = 300;
/** A receiver gets at least that long, even if the deadline is near. */
const LEAST_MS = 50;

/**
 * How long a receiver may take: its time-out, but no longer than a run that MISP waits for still has. A run whose
 * deadline is over sets no limit any more.
 * @param deadline in milliseconds since 1970
 */
export function timeLeft(
  timeoutMs: number,
  deadline: number | undefined,
  now = Date.now(),
): { ms: number; byDeadline: boolean } {
  const left =
    deadline === undefined || deadline <= now ? Infinity : Math.max(LEAST_MS, deadline - now - MARGIN_MS);
  return left < timeoutMs ? { ms: left, byDeadline: true } : { ms: timeoutMs, byDeadline: false };
}

/**
 * What work gives, unless a run that MISP waits for would be late.
 * @param late what is thrown then; the work itself is left alone
 */
export async function beforeDeadline<T>(
  work: Promise<T>,
  deadline: number | undefined,
  late: Error,
): Promise<T> {
  const { ms } = timeLeft(Infinity, deadline);
  if (!Number.isFinite(ms)) return work;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
