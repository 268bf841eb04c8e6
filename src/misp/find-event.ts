import { textOf } from '../event/values';
import { WorkflowError } from '../text';
import { userOfKey } from './account';
import type { MispClient } from './client';
import { rowsIn } from './expected';

/** Events whose info is nearly the same, at most. */
const MOST = 500;

/**
 * The event of the key's own organisation with exactly this info (`events/restSearch`), the newest of several; of one day
 * only, if a date is given.
 * @returns its uuid; nothing if there is none
 */
export async function findOwnEvent(
  client: MispClient,
  info: string,
  date?: string,
): Promise<string | undefined> {
  const asked = { returnFormat: 'json', metadata: 1, eventinfo: patternOf(info), limit: MOST, page: 1 };
  const day = date === undefined ? {} : { from: date };
  const { organisation } = await userOfKey(client);
  const expect = rowsIn('response', 'Event');
  const rows = await client.post('/events/restSearch', { ...asked, ...day }, { expect });
  const [found] = rows
    .filter((row) => row.info === info && textOf(row.orgc_id) === organisation)
    .filter((row) => date === undefined || textOf(row.date) === date)
    .sort((one, other) => Number(other.id) - Number(one.id));
  return found && textOf(found.uuid);
}

/**
 * MISP reads `%` as any text, and some signs in front as commands: the longest part without any is looked for.
 * @throws {WorkflowError} if there is none
 */
function patternOf(info: string): string {
  const parts = info.split(/[%_!|&\\]/).map((part) => part.trim());
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  if (longest.length < 3) throw new WorkflowError('newEvent.badInfo', { info });
  return `%${longest}%`;
}
