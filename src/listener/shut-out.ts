import type { ListenerCaller, ServiceCounts } from './protocol';

/** A MISP of several that does not get in, by its name. */
export interface ShutOut {
  name: string;
  /** How often it was refused. */
  refused: number;
}

/** Of several MISPs, those that were refused and have not come in since. */
export function shutOutBy(
  { byUser = [] }: ServiceCounts,
  callers: readonly ListenerCaller[] = [],
): ShutOut[] {
  return refusedBy({ byUser: byUser.filter(({ out }) => out > 0) }, callers);
}

/** Of several MISPs, those that were ever refused. */
export function refusedBy(
  { byUser = [] }: Pick<ServiceCounts, 'byUser'>,
  callers: readonly ListenerCaller[] = [],
): ShutOut[] {
  return byUser.flatMap(({ user, refused }) => {
    const caller = callers.find((one) => one.user === user);
    return caller ? [{ name: caller.name, refused }] : [];
  });
}

/** Somebody was refused and has not come in since of whom nobody can tell which MISP it is. */
export function isStrangerOut(counts: ServiceCounts, callers: readonly ListenerCaller[] = []): boolean {
  const known = (counts.byUser ?? []).filter(({ user }) => callers.some((one) => one.user === user));
  return counts.shutOut > known.reduce((sum, { out }) => sum + out, 0);
}
