import type { IncomingMessage } from 'node:http';
import type { Scan } from './scan';

/** Up to this size a body gets its final buffer at once; what is larger is put together at its end. */
const RESERVED_BYTES = 4 * 1024 * 1024;

/** A request body that is being received. It ends up in one buffer that can be handed to another thread. */
export class IncomingBody {
  private readonly reserved: Uint8Array<ArrayBuffer> | undefined;
  private chunks: Uint8Array[] = [];
  private length = 0;

  /** @param declared bytes according to `Content-Length`, 0 if unknown */
  constructor(declared: number) {
    if (declared > 0 && declared <= RESERVED_BYTES) this.reserved = new Uint8Array(declared);
  }

  get size(): number {
    return this.length;
  }

  append(chunk: Uint8Array): void {
    if (this.reserved) this.reserved.set(chunk, this.length);
    else this.chunks.push(chunk);
    this.length += chunk.length;
  }

  /** The whole body. */
  get content(): Uint8Array<ArrayBuffer> {
    if (this.reserved) return this.reserved;
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.chunks = [whole];
    return whole;
  }

  /** Frees the memory of a body that nobody will read. */
  discard(): void {
    this.chunks = [];
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
