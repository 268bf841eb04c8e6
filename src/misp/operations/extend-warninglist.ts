import type { ExtendWarninglist } from '../../actions/plan';
import { text, WorkflowError } from '../../text';
import { getWarninglist, updateWarninglist, warninglists, type WarninglistContent } from '../warninglists';
import { callOptions, done, failed, type Context, type Outcome } from '../carry-out/context';
import { NOT_IN_DATA, ONE_THING, OTHERS, type OperationEntry } from './entry';

/** How often it is begun anew when someone else changes the list meanwhile. */
const MOST_ROUNDS = 3;

export const extendWarninglist: OperationEntry<ExtendWarninglist> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: () => OTHERS,
  ...ONE_THING,
  permission: 'perm_warninglist',
};

/**
 * Adds values to a custom list. MISP can only write a list anew: it is read, merged, read again to see whether someone
 * else has changed it, written, and read once more.
 */
async function carryOut(context: Context, operation: ExtendWarninglist): Promise<Outcome> {
  const id = await idOf(context, operation.list);
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const list = await getWarninglist(context.client, id, context.signal);
    if (list.isDefault) throw new WorkflowError('carryOut.ownWarninglist', { list: list.name });
    const added = valuesMissing(list, operation.values);
    if (added.length === 0) {
      context.advance(1);
      return { state: 'unchanged' };
    }
    const merged = { ...list, entries: [...list.entries, ...added.map((value) => ({ value, comment: '' }))] };
    if (fingerprint(await getWarninglist(context.client, id, context.signal)) !== fingerprint(list)) continue;
    await updateWarninglist(context.client, merged, callOptions(context, merged.entries.length));
    context.advance(1);
    return check(await getWarninglist(context.client, id, context.signal), merged, added);
  }
  return failed(text('carryOut.warninglistChanges', { list: operation.list }));
}

/** @throws {WorkflowError} if MISP has no such list */
async function idOf({ client, signal }: Context, list: string): Promise<string> {
  const all = await warninglists(client, {}, signal);
  const found = all.find(({ name }) => name === list) ?? all.find(({ id }) => id === list);
  if (!found) throw new WorkflowError('carryOut.noWarninglist', { list });
  return found.id;
}

function valuesMissing({ entries }: WarninglistContent, values: readonly string[]): string[] {
  const known = new Set(entries.map(({ value }) => value));
  const wanted = values.map((value) => value.trim()).filter((value) => value !== '' && !/[\r\n]/.test(value));
  return [...new Set(wanted)].filter((value) => !known.has(value));
}

function fingerprint({ version, entries }: WarninglistContent): string {
  return JSON.stringify([version, entries]);
}

function check(now: WarninglistContent, wanted: WarninglistContent, added: string[]): Outcome {
  const there = new Set(now.entries.map(({ value }) => value));
  const lost = wanted.entries.map(({ value }) => value).filter((value) => !there.has(value));
  if (lost.length === 0) return done({ added });
  const failures = lost.map((item) => ({ item, problem: text('carryOut.warninglistLost') }));
  return { state: 'partial', failures };
}
