import type { OperationResult, Ref, TellSaved } from '../../actions/plan';
import { text, WorkflowError, type Said, type Text } from '../../text';
import type { CallOptions, MispClient } from '../client';
import type { Permission } from '../permissions';

/** What became of an operation. */
export type Outcome = Omit<OperationResult, 'operation'>;
export type Failure = NonNullable<OperationResult['failures']>[number];

/** What carrying out works with. */
export interface Context {
  client: MispClient;
  signal: AbortSignal;
  /** Calls at a time where MISP can change one thing only with each. */
  parallel: number;
  /** What the key's role needs for it. */
  permission?: Permission;
  /** So many items more are done. */
  advance(items: number): void;
  /** Told how MISP has a thing after a write. */
  saved: TellSaved;
}

/** Items of one call at most: MISP's limit is the memory of PHP. */
export const MOST_ITEMS = 1000;
/** What MISP takes for one item of a call that changes many, at most. */
const MS_PER_ITEM = 20;

/** Options of a call that changes so many things. */
export function callOptions({ signal, permission }: Context, items = 1): CallOptions {
  return { signal, permission, extraMs: items > 1 ? items * MS_PER_ITEM : 0 };
}

/**
 * The outcome of many items: all done, some, or none.
 * @param changed how many are different now
 * @param failures one for each item that failed
 */
export function outcomeOf(items: number, changed: number, failures: Failure[]): Outcome {
  if (failures.length > 0) return { state: failures.length < items ? 'partial' : 'failed', failures };
  return { state: changed > 0 ? 'done' : 'unchanged' };
}

export const done = (answer?: unknown): Outcome => ({
  state: 'done',
  ...(answer === undefined ? {} : { answer }),
});

/** Nothing of it was done. */
export function failed(problem: Said): Outcome {
  return { state: 'failed', failures: [{ problem }] };
}

/** What an error says; the library's own errors only, others are a fault of ours and go on. */
export function wordsOf(error: unknown): Text {
  if (error instanceof WorkflowError) return error.said;
  throw error;
}

/** What an item is called in a result: the same as in the plan. */
export function nameOf({ id, uuid }: Ref): string | undefined {
  return uuid ?? id;
}

/** What MISP is asked by. */
export function mispKey({ id, uuid }: Ref): string | undefined {
  return id ?? uuid;
}

/** In portions of a size that MISP can take. */
export function* portions<T>(list: readonly T[], size = MOST_ITEMS): Generator<T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}

/**
 * Does the same for many items, a portion with each call. A portion that fails does not undo the others: its items are
 * the failures. What is one portion only fails as a whole.
 * @param work gives the failures of a portion
 */
export async function forPortions<T>(
  context: Context,
  list: readonly T[],
  itemOf: (item: T) => string | undefined,
  work: (portion: T[]) => Promise<Failure[]>,
  size = MOST_ITEMS,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const portion of portions(list, size)) {
    try {
      refuseStopped(context);
      failures.push(...(await work(portion)));
    } catch (error) {
      if (list.length <= size) throw error;
      const problem = wordsOf(error);
      failures.push(...portion.map((item) => ({ item: itemOf(item), problem })));
    }
    context.advance(portion.length);
  }
  return failures;
}

/**
 * Does the same for many items, some at a time. What has not begun when the flow stops fails.
 * @returns the failures, by item
 */
export async function forEach<T>(
  context: Context,
  items: readonly T[],
  itemOf: (item: T) => string | undefined,
  work: (item: T) => Promise<void>,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const item = items[next++];
      try {
        if (context.signal.aborted) throw new WorkflowError('carryOut.stopped');
        await work(item);
      } catch (error) {
        failures.push({ item: itemOf(item), problem: wordsOf(error) });
      }
      context.advance(1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(context.parallel, items.length) }, worker));
  return failures;
}

/** @throws {WorkflowError} if the flow has been stopped */
export function refuseStopped({ signal }: Context): void {
  if (signal.aborted) throw new WorkflowError('carryOut.stopped');
}

/** What is said of an item that MISP has not changed, without saying why. */
export const notChanged = (): Text => text('carryOut.notChanged');
