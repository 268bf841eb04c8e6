/** How much a queue holds at most. */
export interface QueueLimits {
  messages: number;
  bytes: number;
}

/** Memory that a waiting frame takes besides its bytes, roughly. */
const OVERHEAD = 200;

/** Frames may stay at the front of the list, unused, before the list is shortened. */
const UNUSED = 1024;

/** Frames that wait for the flow, first in, first out; bounded by number and bytes. */
export class FrameQueue {
  private frames: (Buffer | undefined)[] = [];
  private first = 0;
  private held = 0;

  constructor(public limits: QueueLimits) {}

  get length(): number {
    return this.frames.length - this.first;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.held;
  }

  /** At most half full: time to believe that the flow keeps up again. */
  get roomy(): boolean {
    return this.length * 2 <= this.limits.messages && this.held * 2 <= this.limits.bytes;
  }

  /** Takes the frame in, or says no if there is no room. A single frame always has room. */
  push(frame: Buffer): boolean {
    const size = frame.byteLength + OVERHEAD;
    const { messages, bytes } = this.limits;
    if (this.length > 0 && (this.length >= messages || this.held + size > bytes)) return false;
    this.frames.push(frame);
    this.held += size;
    return true;
  }

  shift(): Buffer | undefined {
    const frame = this.frames[this.first];
    if (!frame) return undefined;
    this.frames[this.first++] = undefined;
    this.held -= frame.byteLength + OVERHEAD;
    if (this.first >= UNUSED && this.first * 2 >= this.frames.length) {
      this.frames = this.frames.slice(this.first);
      this.first = 0;
    }
    return frame;
  }
}
