import type { AttachTags, DetachTags, Ref } from '../../actions/plan';
import { isList, textOf } from '../../event/values';
import { canTagReports, getEventReport } from '../event-reports';
import { updateEvent } from '../events';
import type { Json } from '../expected';
import { callOptions, forEach, forPortions, nameOf, outcomeOf, type Context, type Outcome } from './context';
import { rowsByUuid } from './edit-items';
import { eventKey } from './lookups';
import { tagFailure, isAsWanted, type TagEntry } from './tag-entries';

interface Report {
  item: Ref;
  row: Json;
}

/**
 * Tags of event reports, by editing the event. A MISP that cannot tag reports would change nothing by that, but take the
 * event off publication: nothing is sent to it. Nor is an edit that would change nothing.
 */
export async function editReportTags(
  context: Context,
  { event, items }: AttachTags | DetachTags,
  Tag: TagEntry[],
): Promise<Outcome> {
  const { client, signal } = context;
  const { found, failures } = await lookUpReports(context, items);
  const taggable =
    found.some(({ row }) => isList(row.Tag)) || (found.length > 0 && (await canTagReports(client, signal)));
  if (!taggable) {
    const old = found.map(({ item }) => tagFailure('carryOut.reportTagNotChanged', item, Tag));
    return outcomeOf(items.length, 0, [...failures, ...old]);
  }
  const left = found.filter(({ row }) => !Tag.every((tag) => isAsWanted(row, tag)));
  const refused = await forPortions(
    context,
    left,
    ({ item }) => nameOf(item),
    async (portion) => {
      const key = await eventKey(context, event, []);
      const options = { ...callOptions(context, portion.length), repeatable: true };
      const EventReport = portion.map(({ row: { uuid } }) => ({ uuid, Tag }));
      const now = rowsByUuid((await updateEvent(client, key, { EventReport }, options)).EventReport);
      return portion
        .filter(({ row }) => !areAsWanted(now.get(textOf(row.uuid).toLowerCase()), Tag))
        .map(({ item }) => tagFailure('carryOut.reportTagNotChanged', item, Tag));
    },
  );
  return outcomeOf(items.length, left.length - refused.length, [...failures, ...refused]);
}

function areAsWanted(row: Json | undefined, Tag: readonly TagEntry[]): boolean {
  return row !== undefined && Tag.every((tag) => isAsWanted(row, tag));
}

async function lookUpReports(context: Context, items: readonly Ref[]) {
  const found: Report[] = [];
  const quiet = { ...context, advance: () => undefined };
  const failures = await forEach(quiet, items, nameOf, async (item) => {
    found.push({ item, row: await getEventReport(context.client, nameOf(item) ?? '', context.signal) });
  });
  return { found, failures };
}
