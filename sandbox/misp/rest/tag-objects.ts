import type { MispEvent, MispTag } from '../model';
import type { StandIn } from '../stand-in';
import type { StoredTag } from '../store/tags';
import type { MispUser } from '../users';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { isOfHost, mayChange, maySee } from './permissions';
import { touch } from './touch';
import { without } from './values';

const ATTACH = '/tags/attachTagToObject';
const REMOVE = '/tags/removeTagFromObject';
const ONLY_CREATOR =
  'Cannot alter the tags of this data, only the organisation that has created the data (orgc) can modify global tags.';

interface Target {
  kind: 'Event' | 'Attribute';
  event: MispEvent;
  holder: { id: string; Tag?: MispTag[]; timestamp?: unknown };
}

/** `tags/attachTagToObject` with one tag, or a list of them. A tag that is missing is made. */
export function attachToObject(misp: StandIn, user: MispUser, body: Record<string, unknown>): RestAnswer {
  const target = targetOf(misp, user, body.uuid);
  if (Array.isArray(body.uuid)) return problem(500, 'An Internal Error Has Occurred.', ATTACH);
  const local = !!Number(body.local ?? 0) || body.local === true;
  if (!target) return notFound('Invalid Target.', ATTACH);
  if (!local && !mayChange(user, target.event)) return deny(ONLY_CREATOR, ATTACH);
  const fails: string[] = [];
  const messages: string[] = [];
  /** Names of those that it had before. */
  const there: string[] = [];
  for (const wanted of [body.tag].flat()) {
    const tag = misp.tags.find(wanted) ?? create(misp, user, wanted);
    if (local && !isOfHost(misp, user)) {
      fails.push('Local tags can only be added by users of the host organisation.');
    } else if (typeof tag === 'string') fails.push(tag);
    else if (tag.local_only && !local) {
      fails.push('Invalid Tag. This tag can only be set as a local tag.');
    } else {
      if (hasTag(target.holder, tag)) there.push(tag.name);
      messages.push(attach(target, tag, local));
    }
  }
  const failed = `Failed to attach ${fails.length} tags. Reasons: ${JSON.stringify({ ...fails })}`;
  if (messages.length === 0) {
    return problem(403, 'Could not attachTagToObject Tag', ATTACH, { errors: failed }, true);
  }
  const message = messages.length === 1 ? messages[0] : allAttached(target, messages.length, there);
  return saved(fails.length > 0 ? `${message}\n${failed}` : message, ATTACH);
}

function allAttached({ kind, holder }: Target, count: number, there: string[]): string {
  const message = `Successfully attached ${count} tags to ${kind} (${holder.id})`;
  if (there.length === 0) return message;
  const known = JSON.stringify(there);
  return `${message}. ${holder.id} already has the requested tag attached, no changes had to be made for tags ${known}.`;
}

function create(misp: StandIn, user: MispUser, name: unknown): StoredTag | string {
  if (typeof name !== 'string' || /^\d+$/.test(name)) return 'Invalid Tag.';
  if (!user.Role.perm_tag_editor) return 'Tag not found and insufficient privileges to create it.';
  return misp.tags.make(name);
}

function attach({ kind, event, holder }: Target, tag: StoredTag, local: boolean): string {
  if (hasTag(holder, tag)) {
    return `${kind} already has the requested tag attached, no changes had to be made for tag ${tag.name}.`;
  }
  addTag(holder, tag, local);
  if (!local) touch(event, kind === 'Attribute' ? holder : undefined);
  return `${local ? 'Local' : 'Global'} tag ${tag.name}(${tag.id}) successfully attached to ${kind}(${holder.id}).`;
}

/** `tags/removeTagFromObject`. Whether the tag is local is up to how it is attached. */
export function removeFromObject(misp: StandIn, user: MispUser, body: Record<string, unknown>): RestAnswer {
  const tag = misp.tags.find(body.tag);
  if (!tag) return problem(405, 'Invalid Tag.', REMOVE);
  const target = targetOf(misp, user, body.uuid);
  if (!target) return notFound('Invalid Target.', REMOVE);
  const { kind, event, holder } = target;
  const attached = holder.Tag?.find(({ name }) => same(name, tag.name));
  if (!attached) return notFound(`Could not remove tag as it is not attached to the target ${kind}`, REMOVE);
  if (!attached.local && !mayChange(user, event)) return deny(ONLY_CREATOR, REMOVE);
  if (attached.local && !isOfHost(misp, user)) {
    return deny('Insufficient privileges to remove local tags from events you do not own.', REMOVE);
  }
  holder.Tag = holder.Tag?.filter((entry) => entry !== attached);
  if (!attached.local) touch(event, kind === 'Attribute' ? holder : undefined);
  const what = `${attached.local ? 'Local' : 'Global'} tag ${tag.name} (${tag.id})`;
  return saved(`${what} successfully removed from ${kind}(${holder.id}).`, REMOVE);
}

function targetOf(misp: StandIn, user: MispUser, uuid: unknown): Target | undefined {
  if (typeof uuid !== 'string') return undefined;
  const event = misp.event(uuid);
  if (event) return maySee(user, event) ? { kind: 'Event', event, holder: event } : undefined;
  const found = misp.items.attribute(uuid);
  if (!found || !maySee(user, found.event)) return undefined;
  return { kind: 'Attribute', event: found.event, holder: found.attribute };
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

export function hasTag(holder: { Tag?: MispTag[] }, tag: { name: string }): boolean {
  return holder.Tag?.some(({ name }) => same(name, tag.name)) === true;
}

/** Attaches a tag in the form of `events/view`. */
export function addTag(
  holder: { Tag?: MispTag[] },
  tag: StoredTag,
  local: boolean,
  relation: unknown = null,
): void {
  const own = without(tag, 'org_id');
  const relationship_type = typeof relation === 'string' && relation ? relation : null;
  holder.Tag = [...(holder.Tag ?? []), { ...own, local, relationship_type }];
}

function saved(message: string, url: string): RestAnswer {
  return { status: 200, body: { saved: true, success: true, name: message, message, url } };
}
