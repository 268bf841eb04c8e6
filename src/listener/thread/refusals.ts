/** How many are remembered: beyond, the listener is red anyway. */
const MOST = 1000;

/**
 * Callers with wrong credentials. A MISP among them goes on unblocked, until it comes in with the right ones. Who named
 * a user that is known is kept apart: behind a proxy several MISPs call from one address.
 */
export class Refusals {
  count = 0;
  /** Users by address; the empty one stands for all that are not known. */
  private readonly out = new Map<string, Set<string>>();
  private readonly counts = new Map<string, number>();

  /** @param user one that is known */
  refused(address: string, user = ''): void {
    this.count++;
    if (user !== '') this.counts.set(user, (this.counts.get(user) ?? 0) + 1);
    const users = this.out.get(address);
    if (users) users.add(user);
    else if (this.out.size < MOST) this.out.set(address, new Set([user]));
  }

  cameIn(address: string, user: string): void {
    this.clear(address, user);
    this.clear(address, '');
  }

  /** Others are let in from now on: nobody can come in any more as one who is not. */
  keepOnly(users: readonly string[]): void {
    for (const user of this.counts.keys()) {
      if (users.includes(user)) continue;
      this.counts.delete(user);
      for (const address of this.out.keys()) this.clear(address, user);
    }
  }

  /** How many were refused and have not come in since. */
  get shutOut(): number {
    return [...this.out.values()].reduce((sum, users) => sum + users.size, 0);
  }

  /** Of each known user that was refused: how often, and from how many addresses it has not come in since. */
  get byUser(): { user: string; refused: number; out: number }[] {
    const outOf = (user: string) => [...this.out.values()].filter((users) => users.has(user)).length;
    return [...this.counts].map(([user, refused]) => ({ user, refused, out: outOf(user) }));
  }

  private clear(address: string, user: string): void {
    const users = this.out.get(address);
    users?.delete(user);
    if (users?.size === 0) this.out.delete(address);
  }
}
