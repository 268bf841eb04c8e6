import { get } from '../../../../src/event/hash';
import type { MispEvent } from '../../model';
import type { Roaming } from './module';

/** The stored event that the data is about. */
export function eventIn({ misp, data }: Roaming): MispEvent | undefined {
  const id = get(data, 'Event.id');
  return typeof id === 'string' || typeof id === 'number' ? misp.event(String(id)) : undefined;
}
