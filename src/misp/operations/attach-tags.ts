import type { AttachTags, Ref } from '../../actions/plan';
import { changeTags } from '../../actions/reflect-tags';
import { text, WorkflowError } from '../../text';
import { attachCluster, clusterIds, isClusterTag } from '../clusters';
import { createTags, tagIds } from '../tag-ids';
import { tag } from '../tags';
import { refuseUnsaved } from '../validation';
import { tagItems } from '../carry-out/attach-to-attributes';
import { callOptions, outcomeOf, type Context, type Failure, type Outcome } from '../carry-out/context';
import { eventHead, lookUp } from '../carry-out/lookups';
import { editTags } from '../carry-out/tags-by-edit';
import { inEach, ITEMS, laneOfEvent, type OperationEntry } from './entry';

export const attachTags: OperationEntry<AttachTags> = {
  carryOut,
  reflect: inEach(changeTags),
  lane: laneOfEvent,
  ...ITEMS,
  permission: 'perm_tagger',
};

/**
 * Attaches tags: with one call to an event, with one call to up to 1,000 attributes. Tags that MISP does not have are made
 * if the operation says so, or if they stand for galaxy clusters that it has; else they are failures.
 */
async function carryOut(context: Context, operation: AttachTags): Promise<Outcome> {
  const { ids, spelled, missing, changed } = await idsOf(context, operation);
  if (ids.size === 0) return { state: 'failed', failures: missing };
  const wanted = { ...operation, tags: [...ids.keys()] };
  const rest = { ...(await attachKnown(context, wanted, ids)), ...spelled };
  const outcome: Outcome = changed && rest.state === 'unchanged' ? { ...rest, state: 'done' } : rest;
  if (missing.length === 0) return outcome;
  const failures = [...missing, ...(outcome.failures ?? [])];
  return { ...outcome, state: outcome.state === 'failed' ? 'failed' : 'partial', failures };
}

function attachKnown(context: Context, operation: AttachTags, ids: Map<string, string>): Promise<Outcome> {
  // Neither of MISP's calls for tags takes a relationship, or an event report.
  if (operation.relationship || operation.scope === 'event-report') return editTags(context, operation);
  if (operation.scope === 'attribute') return tagItems(context, operation, ids);
  return tagEvent(context, operation.event, [...ids.values()], operation.local);
}

/** Ids of the tags by the names of the plan; what is missing as failures. */
async function idsOf(
  context: Context,
  operation: AttachTags,
): Promise<{
  ids: Map<string, string>;
  spelled: Pick<Outcome, 'spelled'>;
  missing: Failure[];
  changed: boolean;
}> {
  const { client, signal } = context;
  const names = [...new Set(operation.tags)];
  const known = await tagIds(client, names, signal);
  const unknown = names.filter((name) => !known.has(name.toLowerCase()));
  const made = await makeTags(context, operation, unknown);
  if (unknown.length > 0) for (const [name, tag] of await tagIds(client, made, signal)) known.set(name, tag);
  const ids = new Map<string, string>();
  const others: Record<string, string> = {};
  const missing: Failure[] = [];
  for (const name of names) {
    const tag = known.get(name.toLowerCase());
    if (tag && tag.name !== name) others[name] = tag.name;
    if (tag) ids.set(name, tag.id);
    else
      missing.push({
        problem: text(isClusterTag(name) ? 'carryOut.noCluster' : 'carryOut.noTag', { tag: name }),
        tags: [name],
      });
  }
  const spelled = Object.keys(others).length > 0 ? { spelled: others } : {};
  return { ids, spelled, missing, changed: made.some(isClusterTag) };
}

/**
 * Makes tags that MISP does not have. That of a cluster comes with the cluster being attached to the first of the things,
 * for which the key need not be a tag editor's.
 * @returns those that are there now
 */
async function makeTags(context: Context, operation: AttachTags, names: string[]): Promise<string[]> {
  const { client, signal } = context;
  const { create, scope, local, relationship } = operation;
  const clusters = names.filter(isClusterTag);
  const plain = create ? names.filter((name) => !isClusterTag(name)) : [];
  const found = clusters.length > 0 ? await clusterIds(client, clusters, signal) : new Map<string, string>();
  const known = clusters.filter((name) => found.has(name.toLowerCase()));
  // A relationship could not be given to a tag that is attached already.
  const byTag = relationship || scope === 'event-report' ? [...plain, ...known] : plain;
  if (byTag.length > 0) await createTags(client, byTag, signal);
  if (byTag.length === plain.length && known.length > 0 && scope !== 'event-report') {
    const id = await firstId(context, operation);
    for (const name of known) {
      const cluster = found.get(name.toLowerCase()) ?? '';
      await attachCluster(client, scope, id, cluster, local, callOptions(context));
    }
  }
  return [...plain, ...known];
}

/** The id of the event, or of the first attribute. */
async function firstId(context: Context, { scope, event, items }: AttachTags): Promise<string> {
  if (scope === 'event') return event.id ?? (await eventHead(context, event)).id;
  const [first] = items;
  if (first.id !== undefined) return first.id;
  const { found } = await lookUp(context, event, [first]);
  if (found.length === 0) throw new WorkflowError('carryOut.noAttribute');
  return found[0].head.id;
}

async function tagEvent(context: Context, event: Ref, tags: string[], local: boolean): Promise<Outcome> {
  const uuid = event.uuid ?? (await eventHead(context, event)).uuid;
  const answer = await tag(context.client, uuid, tags, local, callOptions(context));
  const said = refuseUnsaved(answer, 'tags/attachTagToObject').message;
  context.advance(1);
  const [, reasons] = /Reasons: (\{.*\})/s.exec(said) ?? [];
  if (reasons) return outcomeOf(tags.length, 1, reasonsOf(reasons));
  return { state: isThereAlready(said, tags.length) ? 'unchanged' : 'done' };
}

/** MISP's reasons are a record by number. */
function reasonsOf(json: string): Failure[] {
  return Object.values(parsed(json)).map((problem) => ({ problem: String(problem) }));
}

function parsed(json: string): object {
  try {
    return Object(JSON.parse(json)) as object;
  } catch {
    return [json];
  }
}

/** "already has the requested tag attached, no changes had to be made for tag(s) ..." */
function isThereAlready(said: string, tags: number): boolean {
  if (!said.includes('already has the requested tag attached')) return false;
  if (tags === 1) return true;
  const [, list = '[]'] = /for tags (\[.*\])/s.exec(said) ?? [];
  return Object.keys(parsed(list)).length === tags;
}
