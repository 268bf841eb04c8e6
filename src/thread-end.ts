import type { Worker } from 'node:worker_threads';

/** Time in which what was begun for a thread in the background has surely ended, in milliseconds. */
const IDLE_MS = 5000;

/**
 * Ends a thread that has nothing to do any more, after a while. While its code is still being compiled in the background,
 * the end of a thread can hang, and with it the end of the process, or abort the process: see nodejs/node#54918.
 */
export function endLater(worker: Worker): void {
  worker.unref();
  setTimeout(() => void worker.terminate(), IDLE_MS).unref();
}
