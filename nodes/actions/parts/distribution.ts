import type { MispClient } from '../../../src/misp/client';
import { sharingGroupId } from '../../../src/misp/sharing-groups';
import { WorkflowError } from '../../../src/text';

const SHARING_GROUP = '4';

/** The fields of a node that sets the distribution, as one of its changes. */
export const DISTRIBUTION_FIELDS = <const O extends readonly string[]>(options: O, fallback: O[number]) =>
  ({
    distribution: { kind: 'select', default: fallback, options, when: { change: 'distribution' } },
    sharingGroup: {
      kind: 'picker',
      source: 'sharing-groups',
      default: [] as readonly string[],
      required: true,
      when: { change: 'distribution', distribution: SHARING_GROUP },
    },
  }) as const;

/**
 * The distribution a node sets.
 * @throws {WorkflowError} if a sharing group is needed and there is none
 */
export async function distributionOf(
  { distribution, sharingGroup }: { distribution: string; sharingGroup: string[] },
  client: MispClient,
): Promise<{ distribution: string; sharing_group_id?: string }> {
  if (distribution !== SHARING_GROUP) return { distribution };
  const [group] = sharingGroup;
  if (!group) throw new WorkflowError('edit.noGroup');
  return { distribution, sharing_group_id: await sharingGroupId(client, group) };
}
