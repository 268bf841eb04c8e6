import type { MispEventReport } from '../event/core';
import { isSet } from '../event/flags';
import { isUuid, uuidKey } from '../event/same';
import type { SavedFilters } from '../event/saved-filters';
import { isList, isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { Plan, Ref } from './plan';
import { attributesOf, eventOf, isEventMeant, reportsOf, type Target } from './targets';

/** What MISP's AI can be asked for. */
export const AI_USES = [
  'summarise-reports',
  'summarise-event',
  'recommend-tags',
  'extract-indicators',
] as const;
export type AiUse = (typeof AI_USES)[number];

/** MISP asks its AI about an event or one of its reports. Only recommendations change nothing there. */
export interface AskAi {
  do: 'ask-ai';
  use: AiUse;
  event: Ref;
  /** The report that is summarised; those that indicators are looked for in. */
  items: Ref[];
  /** How long MISP may take for its answer, in seconds. */
  wait: number;
}

/** What bounds the questions of one message. */
export interface AiBounds {
  /** Questions at most. */
  most: number;
  wait: number;
}

/**
 * What MISP's AI is to be asked for, without what it has done already: each question costs, MISP has no guard against
 * a workflow that starts itself, and what the AI writes starts triggers.
 * @throws {WorkflowError} if there are more questions than wanted
 */
export function planAi(
  use: AiUse,
  filters: Partial<SavedFilters>,
  data: unknown,
  { most, wait }: AiBounds,
): Plan<AskAi> {
  const { event, ref } = eventOf(data);
  const ask = (items: Ref[], of: Ref = ref): AskAi => ({ do: 'ask-ai', use, event: of, items, wait });
  switch (use) {
    case 'recommend-tags':
      return isEventMeant(filters, data) ? [ask([])] : [];
    case 'summarise-event':
      return isEventMeant(filters, data) && !hasSummary(event) ? [ask([])] : [];
    case 'summarise-reports': {
      const reports = humanReports(filters, data);
      if (reports.length > most) throw new WorkflowError('ai.tooMany', { count: reports.length, most });
      return reports.map(({ ref: report, event: of }) => ask([report], of));
    }
    case 'extract-indicators': {
      const cited = citedReports(data);
      const reports = humanReports(filters, data, hasNoSummaryOnly);
      const fresh = reports.filter(({ item }) => !cited.has(uuidKey(item.uuid)));
      return fresh.length > 0 ? [ask(fresh.map(({ ref: report }) => report))] : [];
    }
  }
}

/** What MISP's AI puts on top of a report; MISP also looks for the line below it, which a person may have removed. */
const SUMMARY = /^\s*#{1,6}[ \t]*AI summary[ \t]*(?:\r?\n|$)/i;
/** The line between a summary and the report. */
const END_OF_SUMMARY = /^[ \t]*={10,}[ \t]*$/m;
/** The tag of all that it writes. */
const AI_TAG = /^ai-computer-assisted:assistance-level="ai-generated"$/i;

type Report = Pick<MispEventReport, 'content'> & { deleted?: unknown; Tag?: unknown };

const isSummarised = ({ content }: Report): boolean => SUMMARY.test(textOf(content).slice(0, 1000));

/** Nothing but a summary: that of an event is a report of its own. */
function isSummaryOnly(report: Report): boolean {
  const content = textOf(report.content);
  if (!isSummarised(report)) return false;
  const end = END_OF_SUMMARY.exec(content);
  return !end || content.slice(end.index + end[0].length).trim() === '';
}

const hasNoSummaryOnly = (report: Report): boolean => !isSummaryOnly(report);

function isByAi({ Tag }: Report): boolean {
  return isList(Tag) && Tag.some((tag) => isRecord(tag) && AI_TAG.test(textOf(tag.name)));
}

/** Reports that people wrote and have not deleted. */
function humanReports(
  filters: Partial<SavedFilters>,
  data: unknown,
  isWanted = (report: Report): boolean => !isSummarised(report),
): Target<MispEventReport>[] {
  return reportsOf(filters, data).filter(({ item }) => {
    const report: Report = item;
    return !isSet(report.deleted) && !isByAi(report) && isWanted(report);
  });
}

/** Whether the AI has written a summary of the event: a report that is nothing but that. */
function hasSummary(event: Readonly<Record<string, unknown>>): boolean {
  const reports: Report[] = isList(event.EventReport) ? event.EventReport.filter(isRecord) : [];
  return reports.some((report) => !isSet(report.deleted) && (isSummaryOnly(report) || isByAi(report)));
}

const CITES = /extracted by ai_connector from EventReport ([\da-f-]{36}(?:, ?[\da-f-]{36})*)/gi;

/** Reports that the comment of an attribute names as its source. */
function citedReports(data: unknown): Set<string> {
  const cited = new Set<string>();
  for (const { item } of attributesOf({}, data)) {
    for (const [, list] of textOf(item.comment).matchAll(CITES))
      for (const uuid of list.split(/, ?/)) if (isUuid(uuid)) cited.add(uuidKey(uuid));
  }
  return cited;
}
