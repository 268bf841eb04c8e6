import { isList, isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { MispClient } from './client';

/**
 * The id of a sharing group (`sharing_groups/index`).
 * @param name its id, uuid or name
 * @throws {WorkflowError} if the MISP has none of that name, or does not show it to the key
 */
export async function sharingGroupId(client: MispClient, name: string): Promise<string> {
  if (/^\d+$/.test(name)) return name;
  const { response } = await client.get<{ response?: unknown }>('/sharing_groups/index');
  for (const row of isList(response) ? response : []) {
    const group = isRecord(row) ? row.SharingGroup : undefined;
    if (isRecord(group) && (group.name === name || group.uuid === name)) return textOf(group.id);
  }
  throw new WorkflowError('action.noSharingGroup', { name });
}
