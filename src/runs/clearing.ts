import { momentOf, uptime } from '../clock';
import { WorkflowError } from '../text';

/**
 * What must be done before MISP may be told to go on.
 * @param signal nobody waits for it any more
 */
export type Clear = (signal: AbortSignal) => Promise<void>;

/** The answer that follows needs so long to get through before the service answers by itself, in milliseconds. */
const MARGIN_MS = 250;
/** What a run whose time is up leaves for it, in milliseconds; a short one leaves half. */
const ROOM_MS = 1500;

/** The one attempt of a run to clear what MISP may go on with. */
export class Clearing {
  /** Who gives up waiting for the flow must do so now, that there be time for it: a moment of `uptime`. */
  readonly latestStart: number;
  private readonly latestEnd: number;
  private readonly stop = new AbortController();
  private begun = false;

  /** @param deadline when MISP is answered at the latest, in milliseconds since 1970 */
  constructor(
    private readonly clear: Clear,
    deadline: number,
  ) {
    const end = momentOf(deadline);
    this.latestEnd = end - MARGIN_MS;
    this.latestStart = end - Math.min(ROOM_MS, (end - uptime()) / 2);
  }

  /** It is under way, or over. */
  get hasBegun(): boolean {
    return this.begun;
  }

  /** @throws {WorkflowError} why it was not done in time */
  async run(): Promise<void> {
    this.begun = true;
    const late = new WorkflowError('run.clearedLate');
    const left = this.latestEnd - uptime();
    if (left <= 0) throw late;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(late), left);
    });
    try {
      await Promise.race([this.clear(this.stop.signal), limit]);
    } finally {
      clearTimeout(timer);
      this.end();
    }
  }

  /** What of it has not begun is not begun. */
  end(): void {
    this.begun = true;
    this.stop.abort();
  }
}
