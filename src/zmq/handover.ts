import { joinGaps, type Gap } from './gap';
import { FrameQueue, type QueueLimits } from './queue';

/** Who gets frames and gaps. */
export interface Taker {
  onFrame(frame: Buffer): void;
  onGap(gap: Gap): void;
}

/**
 * Hands over what was received, one frame per turn of the event loop, so that the flow and everything else in
 * the process gets its turns. What comes meanwhile waits in a bounded queue.
 */
export class Handover {
  private readonly queue: FrameQueue;
  private taker: Taker | undefined;
  private scheduled = false;
  /** Not handed over yet; later ones are joined to it. */
  private gap: Gap | undefined;
  /** The queue was full, and this gap may still grow. */
  private overflow: Gap | undefined;

  constructor(limits: QueueLimits) {
    this.queue = new FrameQueue(limits);
  }

  /** What waits. */
  get waiting(): { messages: number; bytes: number } {
    return { messages: this.queue.length, bytes: this.queue.bytes };
  }

  /** What waits already stays. */
  resize(limits: QueueLimits): void {
    this.queue.limits = limits;
  }

  /** Begins to hand over; without a taker everything waits. */
  attach(taker: Taker | undefined): void {
    this.taker = taker;
    this.schedule();
  }

  /**
   * Takes a frame in. From the first one without room on, all are dropped until the queue is half empty: that
   * makes one gap and not many.
   * @returns whether it was taken
   */
  add(frame: Buffer, now: number): boolean {
    if (!this.overflow && this.queue.push(frame)) {
      this.schedule();
      return true;
    }
    this.overflow ??= { reason: 'overflow', from: now, to: now, lost: 0 };
    this.overflow.to = now;
    this.overflow.lost++;
    return false;
  }

  addGap(gap: Gap): void {
    this.gap = joinGaps(this.gap, gap);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || !this.taker || (!this.gap && this.queue.length === 0)) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.turn();
      this.schedule();
    });
  }

  /** One gap or one frame. */
  private turn(): void {
    const { taker, gap } = this;
    if (!taker) return;
    if (gap) {
      this.gap = undefined;
      return taker.onGap(gap);
    }
    const frame = this.queue.shift();
    if (this.overflow && this.queue.roomy) {
      this.gap = this.overflow;
      this.overflow = undefined;
    }
    if (frame) taker.onFrame(frame);
  }
}
