import type { ListenerCaller } from '../../src/listener/protocol';
import type { ListenerService } from '../../src/listener/service';

/** Which of several MISPs has asked; undefined where there is one only, or nobody asked. */
export function callerOf(
  { settings: { callers = [] } }: Pick<ListenerService, 'settings'>,
  user: string | undefined,
): ListenerCaller | undefined {
  return callers.find((caller) => caller.user === user);
}
