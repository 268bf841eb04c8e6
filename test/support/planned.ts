import { complete } from '../../src/event/to-core';
import type { MispData } from '../../src/event/core';
import type { ToldAction } from '../../src/actions/in-words';
import type { Operation } from '../../src/actions/plan';
import type { StandInMisp } from '../../sandbox/misp/server';
import type { TestMessage } from './misp-node';

/** An event of the stand-in, as a trigger hands it on. */
export function eventOf(misp: StandInMisp, id: string): MispData {
  const event = misp.events.get(id);
  if (!event) throw new Error(`no event ${id}`);
  return complete({ Event: structuredClone(event) as unknown as MispData['Event'] });
}

/** What an action planned or did with a message. */
export function resultOf({ misp }: TestMessage): ToldAction {
  return (misp as { result: ToldAction }).result;
}

/** The plan of a message that came out of a node in a dry run. */
export function planOf(message: TestMessage): Operation[] {
  return resultOf(message).operations.map(({ operation }) => operation);
}

/** Whether a call may change something in MISP. */
export function isWriting({ method, path }: { method: string; path: string }): boolean {
  return method !== 'GET' && !/\/(?:restSearch|search|index|checkValue)$/.test(path);
}
