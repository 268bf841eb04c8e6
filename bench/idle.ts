import { spentBy } from './processor';

const LOOK_MS = 300;
/** What an idle Node-RED needs meanwhile, in milliseconds of the processor. */
const IDLE_MS = 30;
const MOST_MS = 60_000;

/** Waits until a process has done what it accepted, so that the next one is measured alone; on Linux. */
export async function idle(pid: number): Promise<void> {
  const end = Date.now() + MOST_MS;
  for (let before = spentBy(pid)?.all; before !== undefined && Date.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = spentBy(pid)?.all;
    if (now === undefined || now - before < IDLE_MS) return;
    before = now;
  }
}
