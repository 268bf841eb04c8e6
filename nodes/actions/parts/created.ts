import type { AddToEvent } from '../../../src/actions/add-to-event';
import { titleOf } from '../../../src/actions/add-to-event';
import { toldAction } from '../../../src/actions/in-words';
import type { Gathered } from '../../../src/actions/new-event/gather';
import type { CarryOut, Created, MispOperation, OperationResult, TellSaved } from '../../../src/actions/plan';
import { textOf } from '../../../src/event/values';
import type { MispClient } from '../../../src/misp/client';
import { carryOutOn } from '../../../src/misp/carry-out';
import { mispOf, setMisp, type Message } from '../../../src/runs/message';
import { words } from '../../../src/text';
import type { TargetEvent } from './target-event';

/** What is to become of a message's rows. */
export interface Asked {
  gathered: Gathered;
  event: TargetEvent;
}

/** What MISP has told of as new. */
type Counts = Pick<Created, 'attributes' | 'objects' | 'reports'> & { id?: string };

/** Carries a plan out, and counts what is new; the counts are the answer of what was added. */
export function counting(client: MispClient): CarryOut<MispOperation> {
  const carryOut = carryOutOn(client);
  return async (plan, control) => {
    const counts: Counts = { attributes: 0, objects: 0, reports: 0 };
    const saved: TellSaved = (kind, row, set) => {
      if (kind === 'event') counts.id ??= textOf(row.id) || undefined;
      else if (set === 'new') count(counts, kind, row);
      control.saved?.(kind, row, set);
    };
    const results = await carryOut(plan, { ...control, saved });
    return results.map((result) =>
      result.operation.do === 'add-to-event' ? { ...result, answer: counts } : result,
    );
  };
}

function count(counts: Counts, kind: string, { object_id: object }: Readonly<Record<string, unknown>>): void {
  if (kind === 'object') counts.objects += 1;
  else if (kind === 'event-report') counts.reports += 1;
  // Those of objects count with their objects.
  else if (['', '0'].includes(textOf(object))) counts.attributes += 1;
}

/** What came of the rows; what MISP did not take is named beside what was known beforehand. */
export function createdOf({ gathered, event }: Asked, operations: readonly OperationResult[]): Created {
  const { refused, repeated, rows } = gathered;
  const added = operations.find(({ operation }) => operation.do === 'add-to-event');
  const { attributes, objects, reports } = added?.operation as AddToEvent;
  const planned = [...attributes, ...objects, ...reports];
  const isPlan = added?.state === 'planned';
  const { id, ...counts } = (isPlan ? countsOf(gathered) : (added?.answer as Counts | undefined)) ?? NOTHING;
  const things = new Map(planned.map((thing) => [thing.uuid, thing]));
  const failures = added?.failures ?? [];
  for (const { item = '', problem, refused: isRefused } of failures) {
    const thing = things.get(item);
    if (isRefused && thing) refused.add(rows.get(item) ?? 0, titleOf(thing), problem);
  }
  const lost = new Set(failures.map(({ item }) => item).filter((item) => item !== undefined)).size;
  const isTold = added?.state !== 'failed' || lost > 0;
  const sum = counts.attributes + counts.objects + counts.reports;
  const made = operations.find(({ operation }) => operation.do === 'create-event');
  return {
    event: { ...event.ref, ...(id ? { id } : {}), new: isPlan ? event.create !== undefined : isDone(made) },
    ...counts,
    there: repeated + (isTold ? Math.max(0, planned.length - lost - sum) : 0),
    refusedCount: refused.count,
    refused: refused.named.map(({ row, what, problem }) => ({ row, what, problem: words(problem) })),
  };
}

const NOTHING: Counts = { attributes: 0, objects: 0, reports: 0 };
const isDone = (made: OperationResult | undefined) => made !== undefined && made.state !== 'failed';

function countsOf({ attributes, objects, reports }: Gathered): Counts {
  return { attributes: attributes.length, objects: objects.length, reports: reports.length };
}

/** Puts it beside what the action tells. */
export function tellCreated(
  message: Message,
  created: Created,
  operations: readonly OperationResult[],
): void {
  const { dryRun = false } = (mispOf(message).result ?? {}) as { dryRun?: boolean };
  setMisp(message, { result: { ...toldAction({ dryRun, operations: [...operations] }), created } });
}

/** What came of a message's rows, as it was told. */
export function createdIn(message: Message): Created {
  return (mispOf(message).result as { created: Created }).created;
}

/** The event for the nodes behind, without its contents: as much of it as is known. */
export function eventData(message: Message, { event: { create } }: Asked): object {
  const { id, uuid } = createdIn(message).event;
  const fields = create ? { ...create.fields, published: false } : {};
  return { Event: { ...(id ? { id } : {}), ...(uuid ? { uuid } : {}), ...fields } };
}
