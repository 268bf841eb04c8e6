import { textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { MispClient } from './client';
import { rowsIn } from './expected';

/**
 * The id of a sharing group (`sharing_groups/index`).
 * @param name its id, uuid or name
 * @throws {WorkflowError} if the MISP has none of that name, or does not show it to the key
 */
export async function sharingGroupId(client: MispClient, name: string): Promise<string> {
  if (/^\d+$/.test(name)) return name;
  const groups = await client.get('/sharing_groups/index', undefined, rowsIn('response', 'SharingGroup'));
  const uuid = name.toLowerCase();
  const found = groups.find((group) => group.name === name || textOf(group.uuid).toLowerCase() === uuid);
  if (found) return textOf(found.id);
  throw new WorkflowError('action.noSharingGroup', { name });
}
