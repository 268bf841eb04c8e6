import { toCoreFormat } from '../event/to-core';
import type { MispClient } from '../misp/client';
import { getEvent } from '../misp/events';
import { WorkflowError } from '../text';
import { STORED } from './completed';

interface EventData {
  Event?: { id?: string; uuid?: string };
}

/** What a trigger's message gets from MISP. */
export interface FullEvent {
  /** The event with all it has, in core format: in place of the data received. */
  payload?: unknown;
  /** The event as MISP has it now; null if it is new. */
  stored?: unknown;
}

/**
 * Loads the event that a trigger is about.
 * @throws {WorkflowError} if the data names no event, or MISP does not give it
 */
export async function loadFullEvent(client: MispClient, trigger: string, data: unknown): Promise<FullEvent> {
  if (STORED.includes(trigger)) return { stored: await storedEvent(client, data) };
  const key = eventKey(data);
  if (!key) throw new WorkflowError('trigger.noEvent', { trigger });
  return { payload: await loadEvent(client, key) };
}

async function storedEvent(client: MispClient, data: unknown): Promise<unknown> {
  const key = eventKey(data);
  if (!key) return null;
  try {
    return await loadEvent(client, key);
  } catch (error) {
    if (error instanceof WorkflowError && error.key === 'misp.notFound') return null;
    throw error;
  }
}

/**
 * The event with all it has, in core format.
 * @param key id or uuid
 */
export async function loadEvent(client: MispClient, key: string): Promise<unknown> {
  return toCoreFormat(await getEvent(client, key));
}

/** How MISP knows the event that the data is about. */
export function eventKey(data: unknown): string | undefined {
  const { id, uuid } = (data as EventData | null)?.Event ?? {};
  return uuid || id || undefined;
}
