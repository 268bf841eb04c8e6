import { readFileSync } from 'node:fs';

/** Ticks of the processor that a process has had. */
function ticksOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the process, in brackets, may hold anything.
    const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
    return Number(user) + Number(system);
  } catch {
    return undefined;
  }
}

const LOOK_MS = 300;
/** Of a hundred in a second: what an idle Node-RED needs. */
const IDLE_TICKS = 3;
const MOST_MS = 60_000;

/** Waits until a process has done what it accepted, so that the next one is measured alone; on Linux. */
export async function idle(pid: number): Promise<void> {
  const end = Date.now() + MOST_MS;
  for (let before = ticksOf(pid); before !== undefined && Date.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = ticksOf(pid);
    if (now === undefined || now - before < IDLE_TICKS) return;
    before = now;
  }
}
