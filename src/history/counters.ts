import type { RunRecord } from './record';

/** So many of the latest waits tell how long MISP waits. */
const LATEST = 1000;

/** What is counted of one trigger node since Node-RED started; test runs and replays do not count. */
export interface TriggerCount {
  node: RunRecord['node'];
  trigger: string;
  runs: number;
  blocked: number;
  failed: number;
  /** Answered by the deadline, or not in time. */
  late: number;
  /** Milliseconds that MISP waited: half of the runs less, and all but one in a hundred. */
  p50: number;
  p99: number;
  /** When MISP last asked, in milliseconds since 1970. */
  askedAt: number;
}

interface Counted extends Omit<TriggerCount, 'p50' | 'p99'> {
  waits: number[];
}

/** Counts runs by trigger node. */
export class Counters {
  private readonly byNode = new Map<string, Counted>();

  /** A run began, was answered, or failed for the first time. */
  count(record: RunRecord, what: 'received' | 'answered' | 'failed'): void {
    if (record.test || record.replay !== undefined) return;
    const counted = this.of(record);
    if (what === 'received') {
      counted.runs++;
      counted.askedAt = record.at;
    } else if (what === 'failed') counted.failed++;
    else {
      if (record.outcome === 'block') counted.blocked++;
      if (record.cause === 'deadline' || record.cause === 'lost') counted.late++;
      if (record.cause !== 'accepted' && record.waited !== undefined) keep(counted.waits, record.waited);
    }
  }

  get all(): TriggerCount[] {
    return [...this.byNode.values()].map(({ waits, ...counted }) => {
      const sorted = waits.toSorted((a, b) => a - b);
      return { ...counted, p50: at(sorted, 0.5), p99: at(sorted, 0.99) };
    });
  }

  private of({ node, trigger }: RunRecord): Counted {
    let counted = this.byNode.get(node.id);
    if (!counted) {
      counted = { node, trigger, runs: 0, blocked: 0, failed: 0, late: 0, askedAt: 0, waits: [] };
      this.byNode.set(node.id, counted);
    }
    counted.node = node;
    counted.trigger = trigger;
    return counted;
  }
}

function keep(waits: number[], wait: number): void {
  waits.push(wait);
  if (waits.length > 2 * LATEST) waits.splice(0, LATEST);
}

const at = (sorted: number[], part: number) =>
  sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
