import type { MispTag } from '../model';
import type { StandIn } from '../stand-in';
import type { MispUser } from '../users';
import { isTrue } from './attribute-rows';
import { addTag, hasTag } from './tag-objects';
import { textOf } from './values';

type Row = Record<string, unknown>;

/** Attaches tags, and takes off those that are marked as deleted. */
export function editTags(
  misp: StandIn,
  user: MispUser,
  holder: { Tag?: MispTag[] },
  rows: readonly Row[],
): void {
  if (!user.Role.perm_tagger) return;
  for (const row of rows) {
    const name = textOf(row.name);
    const tag = misp.tags.find(name) ?? (user.Role.perm_tag_editor ? misp.tags.make(name) : undefined);
    if (!tag) continue;
    if (isTrue(row.deleted)) {
      holder.Tag = holder.Tag?.filter((entry) => entry.name.toLowerCase() !== tag.name.toLowerCase());
    } else if (!hasTag(holder, tag)) addTag(holder, tag, isTrue(row.local), row.relationship_type);
  }
}
