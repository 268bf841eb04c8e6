import { uptime } from '../clock';
import { KeptRequest } from '../triggers/last-request';
import { ByteRing } from './byte-ring';
import { DEFAULT_LOG_LIMITS } from './run-log';

/** Bytes of requests that are kept, all together. */
const MOST_BYTES = 32 * 1024 * 1024;
/** As many as there are runs in the log: what began an older run cannot be asked for. */
const MOST_INPUTS = DEFAULT_LOG_LIMITS.runs;

/** What is kept at most of runs that come all at once, and of those that come each second. */
const BURST = { runs: 5000, bytes: MOST_BYTES };
const EACH_SECOND = { runs: 500, bytes: 4 * 1024 * 1024 };

/** What runs began with, for replay: in memory, the oldest given up first. */
export class KeptInputs {
  private readonly bytes: ByteRing;
  private readonly known = new Map<string, Pick<KeptRequest['saved'], 'trigger' | 'flattenedCut'>>();
  /** How much may be kept now. */
  private readonly allowed = { ...BURST };
  private allowedAt = uptime();
  /** How many were not kept, because there were too many runs at a time. */
  leftOut = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.bytes = new ByteRing(mostBytes);
  }

  keep(run: string, request: KeptRequest): void {
    if (!this.isAllowed(request.size)) return void this.leftOut++;
    const { bytes, trigger, flattenedCut } = request.saved;
    if (!this.bytes.put(run, bytes)) return;
    this.known.delete(run);
    this.known.set(run, { trigger, flattenedCut });
    this.giveUp();
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

  /** Bytes give way by themselves, to those that come. */
  private giveUp(): void {
    if (this.bytes.count > MOST_INPUTS) this.bytes.forgetOldest();
    for (const oldest of this.known.keys()) {
      if (this.has(oldest)) break;
      this.known.delete(oldest);
    }
  }

  forget(run: string): void {
    this.known.delete(run);
    this.bytes.forget(run);
  }

  clear(): void {
    this.known.clear();
    this.bytes.clear();
  }

  has(run: string): boolean {
    return this.sizeOf(run) !== undefined;
  }

  /** In bytes; undefined if it is not at hand. */
  sizeOf(run: string): number | undefined {
    return this.bytes.sizeOf(run);
  }

  /** A copy of what a run began with. */
  get(run: string): KeptRequest | undefined {
    const known = this.known.get(run);
    const bytes = this.bytes.get(run);
    return known && bytes && KeptRequest.from({ ...known, bytes });
  }
}
