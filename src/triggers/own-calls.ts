import type { KeyUser } from '../misp/account';
import { uptime } from '../clock';
import { notesApiAccessOf } from './api-access';

/** Who waits for a run, as far as a call of it counts. */
interface Waiting {
  readonly isOver: boolean;
}

/** Pause between two questions to a MISP whose key it is, in milliseconds. */
const PAUSE_MS = 60_000;

/** The key of one MISP: whose it is, and which calls are under way with it in runs that MISP waits for. */
export class OwnKey {
  private user: KeyUser | undefined;
  private askedAt = -PAUSE_MS;
  private readonly calls = new Set<{ waiter: Waiting }>();

  /** @param ask asks MISP whose key it is */
  constructor(private readonly ask: () => Promise<KeyUser>) {}

  /** Asks MISP whose key it is, unless that is known. */
  learn(): void {
    if (this.user || uptime() - this.askedAt < PAUSE_MS) return;
    this.askedAt = uptime();
    this.ask().then(
      (user) => (this.user = user),
      () => undefined, // a MISP that is away: asked again after a later call
    );
  }

  /** A call leaves for MISP; the function returned tells that it has come back. */
  leaves(waiter: Waiting | undefined): () => void {
    if (!waiter) return () => undefined;
    const call = { waiter };
    this.calls.add(call);
    return () => this.calls.delete(call);
  }

  /** Whether MISP's question is about a call that is under way. It asks once per call, so each stands for one. */
  accounts(data: unknown): boolean {
    if (!this.user || !notesApiAccessOf(this.user, data)) return false;
    const call = [...this.calls].find(({ waiter }) => !waiter.isOver);
    return call !== undefined && this.calls.delete(call);
  }
}

/**
 * MISP asks `user-before-save` about the user of a key that is used, while the call waits. If that call belongs to a run
 * that MISP waits for, asking a flow would have both wait for each other, or the flow call itself without end. Such a
 * question, and no other, is answered without the flow: see `OwnKey.accounts`.
 */
export class OwnCalls {
  private readonly keys = new Set<OwnKey>();
  /** Triggers that want to know. */
  private wanted = 0;

  /** Makes a key known. */
  add(key: OwnKey): () => void {
    this.keys.add(key);
    return () => this.keys.delete(key);
  }

  /** There is a trigger that MISP asks about users; the function returned takes it back. */
  want(): () => void {
    this.wanted++;
    return () => this.wanted--;
  }

  /** Asks whose the keys are that are not known, if there is a trigger that wants to know. */
  learn(): void {
    if (this.wanted > 0) for (const key of this.keys) key.learn();
  }

  /** Whether a request of `user-before-save` is about a call of ours that is under way. */
  account(data: unknown): boolean {
    return [...this.keys].some((key) => key.accounts(data));
  }
}
