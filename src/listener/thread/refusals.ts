/** How many addresses are remembered: beyond, the listener is red anyway. */
const MOST = 1000;

/** Callers with wrong credentials. A MISP among them goes on unblocked, until it comes in with the right ones. */
export class Refusals {
  count = 0;
  private readonly addresses = new Set<string>();

  refused(address: string): void {
    this.count++;
    if (this.addresses.size < MOST) this.addresses.add(address);
  }

  cameIn(address: string): void {
    this.addresses.delete(address);
  }

  /** Addresses that were refused and have not come in since. */
  get shutOut(): number {
    return this.addresses.size;
  }
}
