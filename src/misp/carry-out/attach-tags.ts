import type { AttachTags, Ref } from '../../actions/plan';
import { text } from '../../text';
import { createTags, tagIds } from '../tag-ids';
import { tag, type Saved } from '../tags';
import { tagItems } from './attach-to-attributes';
import { callOptions, outcomeOf, type Context, type Failure, type Outcome } from './context';
import { eventHead } from './lookups';
import { editTags } from './tags-by-edit';

/**
 * Attaches tags: with one call to an event, with one call to up to 1,000 attributes. Tags that MISP does not have are made
 * if the operation says so, and failures if not.
 */
export async function attachTags(context: Context, operation: AttachTags): Promise<Outcome> {
  const { ids, missing } = await idsOf(context, operation);
  if (ids.size === 0) return { state: 'failed', failures: missing };
  const wanted = { ...operation, tags: [...ids.keys()] };
  const outcome = await attachKnown(context, wanted, ids);
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
  { client, signal }: Context,
  { tags, create }: AttachTags,
): Promise<{ ids: Map<string, string>; missing: Failure[] }> {
  const names = [...new Set(tags)];
  const known = await tagIds(client, names, signal);
  const unknown = names.filter((name) => !known.has(name.toLowerCase()));
  if (create && unknown.length > 0) {
    for (const [name, id] of await createTags(client, unknown, signal)) known.set(name, id);
  }
  const ids = new Map<string, string>();
  const missing: Failure[] = [];
  for (const name of names) {
    const id = known.get(name.toLowerCase());
    if (id !== undefined) ids.set(name, id);
    else missing.push({ problem: text('carryOut.noTag', { tag: name }) });
  }
  return { ids, missing };
}

async function tagEvent(context: Context, event: Ref, tags: string[], local: boolean): Promise<Outcome> {
  const uuid = event.uuid ?? (await eventHead(context, event)).uuid;
  const said = messageOf(await tag(context.client, uuid, tags, local, callOptions(context)));
  context.advance(1);
  const [, reasons] = /Reasons: (\{.*\})/s.exec(said) ?? [];
  if (reasons) return outcomeOf(tags.length, 1, reasonsOf(reasons));
  return { state: isThereAlready(said, tags.length) ? 'unchanged' : 'done' };
}

const messageOf = ({ message = '' }: Saved): string => message;

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
