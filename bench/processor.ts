import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts the processor's time in hundredths of a second. */
const TICK_MS = 10;

/** Processor time that a process has had, and each of its threads, in milliseconds; on Linux. */
export interface Spent {
  all: number;
  threads: Map<string, number>;
}

/** @returns nothing of a process that is gone, or where the system does not tell */
export function spentBy(pid: number): Spent | undefined {
  try {
    const threads = new Map<string, number>();
    for (const thread of readdirSync(`/proc/${pid}/task`))
      threads.set(thread, millisecondsIn(`/proc/${pid}/task/${thread}/stat`));
    return { all: millisecondsIn(`/proc/${pid}/stat`), threads };
  } catch {
    return undefined;
  }
}

/** Without those of children that have ended. */
function millisecondsIn(file: string): number {
  const stat = readFileSync(file, 'utf8');
  // The name of the process, in brackets, may hold anything.
  const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
  return (Number(user) + Number(system)) * TICK_MS;
}

/** What was spent meanwhile, and what the thread that had most of it had. */
export function spentSince(before: Spent, now: Spent): { all: number; busiest: number } {
  const each = [...now.threads].map(([thread, ms]) => ms - (before.threads.get(thread) ?? 0));
  return { all: now.all - before.all, busiest: Math.max(...each) };
}
