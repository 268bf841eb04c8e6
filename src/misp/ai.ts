import type { AiUse } from '../actions/ask-ai';
import { isSet } from '../event/flags';
import { isEntries, isRecord, textOf } from '../event/values';
import { text, WorkflowError } from '../text';
import type { CallOptions, MispClient } from './client';
import { fields, type Expected, type Json } from './expected';

/** What is called for each use, before the id. */
const PATHS: Readonly<Record<AiUse, readonly [method: 'GET' | 'POST', path: string]>> = {
  'summarise-reports': ['POST', '/eventReports/aiSummarize/'],
  'summarise-event': ['POST', '/events/aiSummarize/'],
  'recommend-tags': ['GET', '/events/aiRecommendTags/'],
  'extract-indicators': ['POST', '/events/aiExtractIndicators/'],
};

/**
 * Has MISP ask its AI (2.5.47 and newer). Never repeated: each question costs.
 * @param key id or uuid of the event, or of the report that is summarised
 */
export async function askMispAi(
  client: MispClient,
  use: AiUse,
  key: string,
  options: Pick<CallOptions, 'signal' | 'permission' | 'extraMs'>,
): Promise<Json> {
  const [method, path] = PATHS[use];
  const expect = use === 'recommend-tags' ? suggestionsFor(key) : WRITTEN;
  const body = method === 'POST' ? {} : undefined;
  const call = { ...options, expect, repeatable: false };
  try {
    return (await client.call(method, path + encodeURIComponent(key), body, call)).data;
  } catch (error) {
    throw isMissing(error) ? new WorkflowError('ai.tooOld') : error;
  }
}

/** Whether MISP has left it to its background jobs: nobody can tell here what comes of it. */
export function isQueued({ job_id, message, name }: Json): boolean {
  return textOf(job_id) !== '' || /\bqueued\b/i.test(textOf(message) || textOf(name));
}

/** The tags for the event that was asked about, as far as MISP says which it is. */
function suggestionsFor(key: string): Expected<Json> {
  const isOther = (id: string) => /^\d+$/.test(key) && id !== '' && id !== key;
  return fields('aiSuggestions', ({ event_id, Tag }) => isEntries(Tag) && !isOther(textOf(event_id)));
}

/** MISP says that it has done it, or will; what it says is not known in all its versions. */
const WRITTEN: Expected<Json> = {
  what: text('expected.saved'),
  read: (data) => (isRecord(data) && isDone(data) ? data : undefined),
};

function isDone(data: Json): boolean {
  if (data.errors !== undefined) return false;
  return isSet(data.saved) || (data.saved === undefined && (isSet(data.success) || isQueued(data)));
}

/** MISP says that there is no such action, not that there is no such event. */
function isMissing(error: unknown): boolean {
  return (
    error instanceof WorkflowError && error.key === 'misp.notFound' && error.params.message === 'Not Found'
  );
}
