import { Subscription, type SubscriptionSettings } from './subscription';
import type { Load } from './zeromq';

/** How long a subscription without an owner goes on, in milliseconds: a redeploy closes and opens its node. */
const ORPHAN_MS = 5000;

interface Entry {
  subscription: Subscription;
  settings: SubscriptionSettings;
  timer?: NodeJS.Timeout;
}

/** The subscriptions of this process by owner: a redeploy loses no message. */
const subscriptions = new Map<string, Entry>();

/** A node's hold on its subscription. */
export interface SubscriptionLease {
  subscription: Subscription;
  /** Gives it up; `removed`: at once, because its node was deleted. */
  release(removed: boolean): void;
}

/**
 * The subscription of a node: the one it had before, with what was received meanwhile, or a new one if its
 * settings are others.
 * @param owner id of the node
 * @throws {WorkflowError} if the package `zeromq` is missing or the address is none
 */
export function acquireSubscription(
  owner: string,
  settings: SubscriptionSettings,
  load?: Load,
): SubscriptionLease {
  const known = subscriptions.get(owner);
  clearTimeout(known?.timer);
  const entry = known && sameSettings(known.settings, settings) ? known : renew(owner, known, settings, load);
  return { subscription: entry.subscription, release: (removed) => release(owner, entry, removed) };
}

function renew(owner: string, known: Entry | undefined, settings: SubscriptionSettings, load?: Load): Entry {
  const before = known?.settings.address === settings.address ? known.subscription : undefined;
  if (known) stop(owner, known);
  const entry = { settings, subscription: new Subscription(settings, before, load) };
  subscriptions.set(owner, entry);
  return entry;
}

function release(owner: string, entry: Entry, removed: boolean): void {
  entry.subscription.detach();
  entry.subscription.removeAllListeners();
  if (subscriptions.get(owner) !== entry) return;
  if (removed) return stop(owner, entry);
  entry.timer = setTimeout(() => stop(owner, entry), ORPHAN_MS);
  entry.timer.unref();
}

function stop(owner: string, entry: Entry): void {
  clearTimeout(entry.timer);
  entry.subscription.close();
  if (subscriptions.get(owner) === entry) subscriptions.delete(owner);
}

function sameSettings(one: SubscriptionSettings, other: SubscriptionSettings): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
