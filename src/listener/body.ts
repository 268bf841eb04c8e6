import type { IncomingMessage } from 'node:http';
import type { Scan } from './scan';

/** Bytes that a declared length may reserve before they have arrived. */
const LARGEST_RESERVED = 4 * 1024 * 1024;

/** A request body that is being received, in one buffer of its own that can be handed to another thread. */
export class IncomingBody {
  private bytes: Uint8Array<ArrayBuffer>;
  private length = 0;

  /** @param expected bytes according to `Content-Length`, 0 if unknown */
  constructor(expected: number) {
    this.bytes = new Uint8Array(Math.min(expected, LARGEST_RESERVED));
  }

  get size(): number {
    return this.length;
  }

  append(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2, 65536));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(chunk, this.length);
    this.length = needed;
  }

  get content(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
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
