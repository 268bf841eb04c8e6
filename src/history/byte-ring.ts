/** Where something lies in the block. */
interface Part {
  at: number;
  size: number;
}

/**
 * Bytes by name, copied into one block of memory that is used round and round: the oldest give way. What was to be
 * kept in memory of its own could not be used anew for what comes next, and that costs more than the copy.
 */
export class ByteRing {
  private block: Uint8Array | undefined;
  /** In the order in which they came, which is their order in the block. */
  private readonly parts = new Map<string, Part>();
  private next = 0;

  /** @param capacity in bytes; the system gives the memory as it is filled */
  constructor(private readonly capacity: number) {}

  /** Copies bytes in. @returns whether they fit into the block at all */
  put(name: string, bytes: Uint8Array): boolean {
    this.forget(name);
    const size = bytes.byteLength;
    if (size === 0 || size > this.capacity) return false;
    if (this.next + size > this.capacity) this.beginAgain();
    this.giveWay((part) => part.at < this.next + size && part.at + part.size > this.next);
    this.block ??= new Uint8Array(this.capacity);
    this.block.set(bytes, this.next);
    this.parts.set(name, { at: this.next, size });
    this.next += size;
    return true;
  }

  /** A copy of the bytes: their place in the block may be used anew. */
  get(name: string): Uint8Array<ArrayBuffer> | undefined {
    const part = this.parts.get(name);
    return part && this.block?.slice(part.at, part.at + part.size);
  }

  /** How many bytes a name has; undefined if there are none. */
  sizeOf(name: string): number | undefined {
    return this.parts.get(name)?.size;
  }

  get count(): number {
    return this.parts.size;
  }

  /** No byte of it is left. */
  forget(name: string): void {
    const part = this.parts.get(name);
    if (!part) return;
    this.block?.fill(0, part.at, part.at + part.size);
    this.parts.delete(name);
  }

  forgetOldest(): void {
    for (const name of this.parts.keys()) return this.forget(name);
  }

  clear(): void {
    this.parts.clear();
    this.block = undefined;
    this.next = 0;
  }

  /** What lies behind the last one is the oldest. */
  private beginAgain(): void {
    this.giveWay((part) => part.at >= this.next);
    this.next = 0;
  }

  private giveWay(isInTheWay: (part: Part) => boolean): void {
    for (const [name, part] of this.parts) {
      if (!isInTheWay(part)) break;
      this.parts.delete(name);
    }
  }
}
