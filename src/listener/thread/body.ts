import type { IncomingMessage } from 'node:http';
import type { Scan } from '../scan';

/** Up to this size a body gets its final buffer at once; what is larger is put together at its end. */
const RESERVED_BYTES = 4 * 1024 * 1024;
/**
 * What arrives is copied into blocks, because a caller chooses how many chunks it sends, and how small. Blocks are
 * as large as what came before them, within these bounds.
 */
const LEAST_BLOCK = 4 * 1024;
const LARGEST_BLOCK = 256 * 1024;

/** A request body that is being received. It ends up in one buffer that can be handed to another thread. */
export class IncomingBody {
  private blocks: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes used of the last block. */
  private used = 0;
  private length = 0;

  /** @param declared bytes according to `Content-Length`, 0 if unknown */
  constructor(declared: number) {
    if (declared > 0 && declared <= RESERVED_BYTES) this.blocks.push(new Uint8Array(declared));
  }

  get size(): number {
    return this.length;
  }

  append(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) {
      let block = this.blocks.at(-1);
      if (!block || this.used === block.length) {
        block = new Uint8Array(Math.min(Math.max(this.length, LEAST_BLOCK), LARGEST_BLOCK));
        this.blocks.push(block);
        this.used = 0;
      }
      const part = rest.subarray(0, block.length - this.used);
      block.set(part, this.used);
      this.used += part.length;
      this.length += part.length;
      rest = rest.subarray(part.length);
    }
  }

  /** The whole body. */
  get content(): Uint8Array<ArrayBuffer> {
    const [first] = this.blocks;
    if (first && first.length === this.length) return first;
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const block of this.blocks) {
      whole.set(block.subarray(0, this.length - at), at);
      at += block.length;
    }
    this.blocks = [whole];
    this.used = whole.length;
    return whole;
  }

  /** Frees the memory of a body that nobody will read. */
  discard(): void {
    this.blocks = [];
    this.used = 0;
    this.length = 0;
  }
}

/** The body without the flattened list when that is a mere copy; half of an event's body is that list. */
export function withoutCopy(body: Uint8Array<ArrayBuffer>, scan: Scan): Uint8Array<ArrayBuffer> {
  if (!scan.flattened) return body;
  const { start, end } = scan.flattened;
  body.copyWithin(start, end);
  return body.subarray(0, body.length - (end - start));
}

/** The length that a request declares, or 0. */
export function declaredLength(request: IncomingMessage): number {
  const length = Number(request.headers['content-length']);
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}
