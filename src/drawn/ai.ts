import { isList, isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import { bounded, type Given } from './answer';
import { tagOf, type Attribute } from './attribute';
import { readFound } from './found';

/** What MISP's AI module was asked, as far as its answer depends on it. */
export interface AiQuestion {
  /** MISP's name for it. */
  useCase: string;
  /** What the event, or the report, is called. */
  name: string;
  /** The report's text. */
  content: string;
  /** Uuids of the event's reports. */
  reports: readonly string[];
  /** Tags at most; 0 if MISP does not say. */
  limit: number;
}

/** MISP puts these on all that a machine has made, and so does its own module. */
const BY_AI = ['assistance-level="ai-generated"', 'review-level="unreviewed"'].map((level) => ({
  name: `ai-computer-assisted:${level}`,
}));

/**
 * The answer of MISP's AI module: what a flow found, in the form that MISP has for the use.
 * @throws {WorkflowError} that says what cannot be read
 */
export function aiResults(given: Given, question: AiQuestion): object {
  switch (question.useCase) {
    case 'summarization_on_event':
    case 'summarization_on_eventReport':
      return bounded({ results: summary(given.found, question) });
    case 'tag_suggest':
      return bounded({ results: { Tag: suggestions(given.found, question.limit) } });
    case 'infoextraction':
      return bounded(extraction(given, question));
    default:
      return bounded({ results: { ok: true, ...(isRecord(given.found) ? given.found : {}) } });
  }
}

const HEADING = /^\s*#{1,6}[ \t]*AI summary[ \t]*(?:\r?\n|$)/i;
/** What MISP takes for the end of a summary: one in the midst of it would leave its rest in the report for good. */
const END_LINES = /^[ \t]*={3,}[ \t]*$/gm;
const END = '==================';
/** What MISP has room for in a report. */
const MOST_CHARACTERS = 60_000;

/** A summary of an event is a report of its own; that of a report stands on top of what it says. */
function summary(found: unknown, { useCase, name, content }: AiQuestion): object {
  const own = isRecord(found) ? found : { content: found };
  const text = textOf(own.content).replace(HEADING, '').replace(END_LINES, '---').trim();
  if (text === '') throw new WorkflowError('drawn.noSummary');
  if (text.length > MOST_CHARACTERS) throw new WorkflowError('drawn.longSummary', { most: MOST_CHARACTERS });
  const isEvent = useCase === 'summarization_on_event';
  const block = `# AI summary\n${text}\n\n${END}\n`;
  const called = textOf(own.name) || (isEvent ? `AI summary: ${name}`.slice(0, 255) : name);
  return {
    EventReport: { name: isEvent ? called : name, content: isEvent ? block : `${block}\n${content}` },
    Tag: BY_AI,
  };
}

/** What MISP has room for in a tag's name. */
const MOST_OF_NAME = 255;

/** Names of tags; MISP tells the two that say where they come from apart. */
function suggestions(found: unknown, limit: number): { name: string }[] {
  const given = isRecord(found) ? (found.tags ?? found.Tag ?? found) : found;
  const list: unknown[] = isList(given) ? [...given] : given === '' ? [] : [given];
  const names = new Map<string, { name: string }>();
  for (const one of list) {
    const name = tagOf(one).name.trim();
    if (name === '' || name.length > MOST_OF_NAME || /\p{C}/u.test(name))
      throw new WorkflowError('drawn.noTag');
    names.set(name.toLowerCase(), { name });
  }
  for (const { name } of BY_AI) names.delete(name);
  const tags = [...names.values()].slice(0, limit > 0 ? limit : undefined);
  return tags.length > 0 ? [...tags, ...BY_AI] : [];
}

/** Attributes and objects, each with where it comes from: by that MISP knows a report that was looked through. */
function extraction(given: Given, { reports }: AiQuestion): object {
  const { found, ...defaults } = given;
  const {
    Attribute,
    Object: objects,
    EventReport,
    Tag,
  } = readFound(found, { ...defaults, relationship: '' });
  if (EventReport.length + Tag.length > 0) throw new WorkflowError('drawn.notExtracted');
  const source = `extracted by ai_connector from EventReport ${reports.join(', ')}`;
  const marked = <T extends Pick<Attribute, 'Tag'> & { comment?: unknown }>(thing: T) => {
    const comment = [textOf(thing.comment), source].filter(Boolean).join('; ');
    return { ...thing, comment, Tag: [...(thing.Tag ?? []), ...BY_AI] };
  };
  const results = {
    Attribute: Attribute.map(marked),
    Object: objects.map(({ Attribute: own, ...object }) => ({
      ...object,
      comment: [textOf(object.comment), source].filter(Boolean).join('; '),
      Attribute: (own as Attribute[]).map(marked),
    })),
  };
  const added = results.Attribute.length + results.Object.reduce((sum, one) => sum + one.Attribute.length, 0);
  return { results, metadata: { added, objects: objects.length, rejected: [] } };
}
