import { uptime } from '../clock';
import { errorSaying, type WorkflowError } from '../text';

/** MISP's limit of calls of one key: who has reached it does not ask before MISP takes calls again. */
export class RateLimit {
  private until = 0;
  private error: WorkflowError | undefined;

  constructor(private readonly now: () => number = uptime) {}

  /** @throws {WorkflowError} if MISP takes no calls yet */
  enter(): void {
    const waitMs = this.until - this.now();
    if (!this.error || waitMs <= 0) return;
    const { key, params } = this.error;
    throw errorSaying({ key, params: { ...params, seconds: Math.ceil(waitMs / 1000) } });
  }

  /** MISP has said so, and for how many seconds. */
  reached(error: WorkflowError, seconds: number): void {
    this.error = error;
    this.until = this.now() + seconds * 1000;
  }
}
