import { uptime } from '../clock';
import type { KeptRequest } from '../triggers/last-request';
import { DEFAULT_LOG_LIMITS } from './run-log';

/** Bytes of requests that are kept, all together. */
const MOST_BYTES = 32 * 1024 * 1024;
/** As many as there are runs in the log: what began an older run cannot be asked for. */
const MOST_INPUTS = DEFAULT_LOG_LIMITS.runs;

/**
 * What is kept at most of runs that come all at once, and of those that come each second. What is kept is memory that
 * cannot be used anew for the next request: under load that costs more than all else that is recorded.
 */
const BURST = { runs: 5000, bytes: MOST_BYTES };
const EACH_SECOND = { runs: 500, bytes: 4 * 1024 * 1024 };

/** What runs began with, for replay: in memory, the oldest given up first. */
export class KeptInputs {
  private readonly inputs = new Map<string, KeptRequest>();
  private bytes = 0;
  /** How much may be kept now. */
  private readonly allowed = { ...BURST };
  private allowedAt = uptime();
  /** How many were not kept, because there were too many runs at a time. */
  leftOut = 0;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  keep(run: string, request: KeptRequest): void {
    if (!this.isAllowed(request.size)) return void this.leftOut++;
    this.inputs.set(run, request);
    this.bytes += request.size;
    for (const [oldest, { size }] of this.inputs) {
      if (this.bytes <= this.mostBytes && this.inputs.size <= MOST_INPUTS) break;
      this.inputs.delete(oldest);
      this.bytes -= size;
    }
  }

  private isAllowed(size: number): boolean {
    const { allowed } = this;
    const now = uptime();
    const seconds = (now - this.allowedAt) / 1000;
    this.allowedAt = now;
    allowed.runs = Math.min(BURST.runs, allowed.runs + seconds * EACH_SECOND.runs);
    allowed.bytes = Math.min(BURST.bytes, allowed.bytes + seconds * EACH_SECOND.bytes);
    if (allowed.runs < 1 || allowed.bytes < size) return false;
    allowed.runs -= 1;
    allowed.bytes -= size;
    return true;
  }

  forget(run: string): void {
    this.bytes -= this.inputs.get(run)?.size ?? 0;
    this.inputs.delete(run);
  }

  clear(): void {
    this.inputs.clear();
    this.bytes = 0;
  }

  has(run: string): boolean {
    return this.inputs.has(run);
  }

  get(run: string): KeptRequest | undefined {
    return this.inputs.get(run);
  }
}
