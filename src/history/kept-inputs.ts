import type { KeptRequest } from '../triggers/last-request';
import { DEFAULT_LOG_LIMITS } from './run-log';

/** Bytes of requests that are kept, all together. */
const MOST_BYTES = 32 * 1024 * 1024;
/** As many as there are runs in the log: what began an older run cannot be asked for. */
const MOST_INPUTS = DEFAULT_LOG_LIMITS.runs;

/** What runs began with, for replay: in memory alone, the oldest given up first. */
export class KeptInputs {
  private readonly inputs = new Map<string, KeptRequest>();
  private bytes = 0;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  keep(run: string, request: KeptRequest): void {
    this.inputs.set(run, request);
    this.bytes += request.size;
    for (const [oldest, { size }] of this.inputs) {
      if (this.bytes <= this.mostBytes && this.inputs.size <= MOST_INPUTS) break;
      this.inputs.delete(oldest);
      this.bytes -= size;
    }
  }

  has(run: string): boolean {
    return this.inputs.has(run);
  }

  get(run: string): KeptRequest | undefined {
    return this.inputs.get(run);
  }
}
