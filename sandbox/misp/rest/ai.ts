import { randomUUID } from 'node:crypto';
import { isRecord, textOf } from '../../../src/event/values';
import { saveResults } from '../enrichment';
import type { MispEvent } from '../model';
import { ModuleService } from '../service/module-service';
import type { StandIn } from '../stand-in';
import { triggerData } from '../trigger-data';
import { isSince } from '../version';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { mayChange, maySee, NO_PERMISSION } from './permissions';
import type { Action, RestRequest } from './router';
import { addTag, hasTag } from './tag-objects';
import { now, touch } from './touch';

type Row = Record<string, unknown>;

/**
 * MISP's AI (2.5.47 and newer), from release notes and MISP's own docs/dev/ai_integration.md: read, not recorded, so that
 * it proves nothing about MISP. The words and statuses of failures, and the answer of a job, are guesses.
 */
const AI_TAGS = [
  'ai-computer-assisted:assistance-level="ai-generated"',
  'ai-computer-assisted:review-level="unreviewed"',
];
const PARAMS = { model_id: 'gemma4:12b', temperature: 0, request_timeout: 120, suggest_limit: 5 };
const CITES = 'extracted by ai_connector from EventReport';
const BLOCK = /^\s*#[ \t]*AI summary[ \t]*\n(?:[\s\S]*?\n)?[ \t]*={10,}[ \t]*\n*/i;

/** `events/aiSummarize`: one new report, and the event is tagged. */
export const summariseEvent = writing(async (misp, event) => {
  const { EventReport } = await asked(misp, 'summarization_on_event', { Event: event });
  if (!isRecord(EventReport)) throw new Error('The module gave no report.');
  saveReport(misp, event, newReport(misp, event, EventReport));
  return {};
});

/** `events/aiExtractIndicators`: what the module found is saved, its source in the comment. */
export const extractIndicators = writing(async (misp, event) => {
  const reports = reportsOf(event).filter(({ deleted }) => deleted !== true);
  const results = await asked(misp, 'infoextraction', { Event: event });
  const source = `${CITES} ${reports.map(({ uuid }) => textOf(uuid)).join(', ')}`;
  const rows = (Array.isArray(results.Attribute) ? results.Attribute : []).map((row) => ({
    comment: source,
    ...(row as Row),
  }));
  const attributes = saveResults(event, 'ai_connector', { value: source } as never, {
    results: { Attribute: rows },
  });
  return { attributes, objects: 0, rejected: 0 };
});

/** `eventReports/aiSummarize`: the summary stands on top, in place of the one before. */
export const summariseReport: Action = {
  post: true,
  run: (request, misp) => {
    const [key = ''] = request.args;
    const found = [...misp.events.values()].flatMap((event) =>
      reportsOf(event).flatMap((report) =>
        report.id === key || report.uuid === key ? [{ event, report }] : [],
      ),
    )[0] as { event: MispEvent; report: Row } | undefined;
    if (!found) return notFound('Invalid Event Report', request.url);
    return write(request, misp, found.event, async () => {
      const { event, report } = found;
      const plain = textOf(report.content).replace(BLOCK, '');
      const sent = { Event: event, EventReport: { ...report, content: plain } };
      const { EventReport } = await asked(misp, 'summarization_on_eventReport', sent);
      const content = isRecord(EventReport) ? textOf(EventReport.content) : '';
      const summary =
        BLOCK.exec(content)?.[0] ??
        `# AI summary\n${content.replace(plain, '').trim()}\n\n${'='.repeat(18)}\n\n`;
      Object.assign(report, { content: summary + plain, timestamp: now() });
      saveReport(misp, event, report);
      return {};
    });
  },
};

/** `events/aiRecommendTags`: a GET says what can be attached, a POST attaches what is chosen of it. */
export const recommendTags: Action = {
  run: async ({ args: [id = ''], method, url, user }, misp) => {
    const event = misp.event(id);
    const refused = refusal(misp, user, event, url);
    if (refused || !event) return refused ?? notFound('Invalid event', url);
    if (method !== 'GET') return problem(405, 'Not here.', url);
    try {
      const { Tag } = await asked(misp, 'tag_suggest', { Event: event });
      const names = (Array.isArray(Tag) ? Tag : []).map((tag) => textOf((tag as Row | null)?.name));
      const rows = names
        .filter((name) => !AI_TAGS.includes(name))
        .map((name) => suggested(misp, event, name));
      const provenance = names.filter((name) => AI_TAGS.includes(name));
      return { status: 200, body: { event_id: event.id, local: false, Tag: rows, provenance } };
    } catch (error) {
      return problem(500, (error as Error).message, url);
    }
  },
};

function suggested(misp: StandIn, event: MispEvent, name: string): Row {
  const exists = misp.tags.find(name) !== undefined;
  const isThere = event.Tag.some((tag) => tag.name.toLowerCase() === name.toLowerCase());
  const status = isThere ? 'present' : 'ok';
  return { name, exists, status, selectable: !isThere, reason: isThere ? 'Already attached.' : '' };
}

function writing(work: (misp: StandIn, event: MispEvent) => Promise<Row>): Action {
  return {
    post: true,
    run: (request, misp) => {
      const event = misp.event(request.args[0] ?? '');
      if (!event) return notFound('Invalid event', request.url);
      return write(request, misp, event, () => work(misp, event));
    },
  };
}

/** With background jobs the answer comes before the work. */
async function write(
  { url, user }: RestRequest,
  misp: StandIn,
  event: MispEvent,
  work: () => Promise<Row>,
): Promise<RestAnswer> {
  const refused = refusal(misp, user, event, url);
  if (refused) return refused;
  if (!mayChange(user, event)) return deny(NO_PERMISSION, url);
  const saved = (message: string, more: Row) => ({
    status: 200,
    body: { saved: true, success: true, name: message, message, url, ...more },
  });
  if (misp.settings.isOn('MISP.background_jobs')) {
    void misp.worker.run(() => work().catch(() => undefined));
    const job_id = misp.collections.nextId();
    return saved(`Job queued (job ID: ${job_id}).`, { job_id });
  }
  try {
    return saved('Done.', await work());
  } catch (error) {
    return problem(500, (error as Error).message, url);
  }
}

function refusal(
  misp: StandIn,
  user: RestRequest['user'],
  event: MispEvent | undefined,
  url: string,
): RestAnswer | undefined {
  if (!isSince(misp.version, '2.5.47')) return notFound('Not Found', url);
  if (!event || !maySee(user, event)) return notFound('Invalid event', url);
  // The permission of a role that site admins have to begin with.
  if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
  return misp.aiService ? undefined : problem(405, 'The AI services are not enabled on this instance.', url);
}

/** @throws with what the module, or MISP about it, says */
async function asked(
  misp: StandIn,
  use_case: string,
  given: { Event: MispEvent; EventReport?: Row },
): Promise<Row> {
  const { Event } = triggerData(given.Event);
  const { _AttributeFlattened, ...event } = Event;
  void _AttributeFlattened;
  const data = { ...(given.EventReport ? { EventReport: given.EventReport } : {}), Event: event };
  if (!misp.aiService) throw new Error('The AI services are not enabled on this instance.');
  const params = { ...PARAMS, api_key: 'sk-of-the-model', openai_api_base: 'http://127.0.0.1:11434/v1' };
  const query = { module: 'ai_connector', use_case, data, params, timeout: 300 };
  const answer = await new ModuleService({ timeoutMs: 300_000, ...misp.aiService }).query(query);
  const found: unknown = 'found' in answer ? answer.found : { error: answer.failure };
  if (!isRecord(found)) throw new Error('The AI module gave no JSON.');
  if (found.error) throw new Error(textOf(found.error));
  return isRecord(found.results) ? { ...found.results } : {};
}

const reportsOf = (event: MispEvent): Row[] => (event.EventReport ?? []) as Row[];

function newReport(misp: StandIn, event: MispEvent, { name, content }: Readonly<Row>): Row {
  const report = {
    ...{ id: misp.collections.nextId(), uuid: randomUUID(), event_id: event.id, name, content },
    ...{ distribution: '5', sharing_group_id: '0', timestamp: now(), deleted: false },
  };
  event.EventReport = [...reportsOf(event), report];
  return report;
}

/** A report was saved: the event is tagged, and its trigger fires without attributes. */
function saveReport(misp: StandIn, event: MispEvent, report: Row): void {
  for (const name of AI_TAGS) {
    const tag = misp.tags.find(name) ?? misp.tags.make(name);
    if (!hasTag(event, tag)) addTag(event, tag, false);
  }
  touch(event);
  if (!misp.firesTriggers) return;
  const data = triggerData({ ...event, Attribute: [], Object: [], EventReport: [structuredClone(report)] });
  setImmediate(() => void misp.fire('event-report-after-save', data));
}
