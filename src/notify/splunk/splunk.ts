import type { HttpRequest } from '../../actions/plan';
import { omit } from '../../event/edit';
import { extract, get } from '../../event/hash';
import { countOf, entryOf, isEmpty, isEntries, isRecord, textOf, valuesOf } from '../../event/values';
import { WorkflowError } from '../../text';
import { bodyOf, isSuccess, refusalOf } from '../webhook/answer';
import { CONTENT_TYPES } from '../webhook/body';
import type { Judge } from '../webhook/carry-out';
import { USER_AGENT } from '../webhook/webhook';

export interface SplunkParams {
  /** An event of Splunk for each attribute. */
  perAttribute: boolean;
  /** Names and hash paths, as JSON; empty for all data. */
  model: string;
  index?: string;
  source?: string;
  sourcetype?: string;
  host?: string;
}

/** MISP's parameters of `splunk-hec-export`; what is not given is missing. */
export interface SplunkModule {
  url: string;
  hec_token?: string;
  source_type?: string;
  event_per_attribute?: unknown;
  data_extraction_model?: string;
}

/** What MISP's parameters say of the events. */
export function splunkParams(params: SplunkModule): SplunkParams {
  return {
    perAttribute: !isEmpty(params.event_per_attribute),
    model: textOf(params.data_extraction_model),
    sourcetype: textOf(params.source_type),
  };
}

/** An event as the HTTP Event Collector takes it. */
export interface HecEvent {
  event: unknown;
  index?: string;
  source?: string;
  sourcetype?: string;
  host?: string;
}

/** Splunk takes 1 MB at least, as it comes; the last event of a batch may exceed this. */
const BATCH_BYTES = 512 * 1024;
const BATCH_EVENTS = 500;

/**
 * The requests that bring data to Splunk, events in batches.
 * @param url the collector, such as `https://splunk.example.org:8088/services/collector/event`
 * @throws {WorkflowError} if the extraction model cannot be read
 * @see https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector
 */
export function planSplunk(url: string, params: SplunkParams, data: unknown): HttpRequest[] {
  return batches(splunkEvents(params, data)).map((events) => ({
    do: 'http-request',
    method: 'POST',
    url: [url],
    headers: {
      Accept: ['application/json'],
      'Content-Type': [CONTENT_TYPES.sequence],
      'User-Agent': [USER_AGENT],
      Authorization: ['Splunk ', { secret: 'token' }],
    },
    body: { as: 'sequence', data: events },
  }));
}

/** The events that data becomes, as MISP's module `splunk-hec-export` means them. */
export function splunkEvents(params: SplunkParams, data: unknown): HecEvent[] {
  const { perAttribute, model, index, source, sourcetype, host } = params;
  const paths = readModel(model);
  const meta = Object.entries({ index, source, sourcetype, host }).filter(([, value]) => value);
  return (perAttribute ? attributesOf(data, paths !== undefined) : [data]).map((item) => ({
    event: paths ? extractModel(paths, item) : item,
    ...Object.fromEntries(meta),
  }));
}

/**
 * Each attribute, with its event beside it.
 * @param whole the event with all of its attributes: for paths that look there, not for sending it that often
 */
function attributesOf(data: unknown, whole: boolean): unknown[] {
  if (!isEntries(data)) return [];
  const list = get(data, 'Event._AttributeFlattened', []);
  const event = get(data, 'Event');
  const beside =
    whole || !isRecord(event)
      ? data
      : { ...data, Event: omit(event, 'Attribute', '_AttributeFlattened', 'Object') };
  return isEntries(list) ? valuesOf(list).map((Attribute) => ({ ...beside, Attribute })) : [];
}

/** Names and paths; nothing for an empty model. */
export function readModel(model: string): Record<string, string> | undefined {
  if (model.trim() === '') return undefined;
  let read: unknown;
  try {
    read = JSON.parse(model);
  } catch {
    throw new WorkflowError('splunk.badModel');
  }
  if (!isRecord(read) || !Object.values(read).every((path) => typeof path === 'string')) {
    throw new WorkflowError('splunk.badModel');
  }
  return read as Record<string, string>;
}

/** What each path finds; of a single thing found, the thing itself. */
function extractModel(paths: Record<string, string>, data: unknown): Record<string, unknown> {
  const found = Object.entries(paths).map(([name, path]): [string, unknown] => {
    const entries = extract(data, path);
    return [name, countOf(entries) === 1 ? (entryOf(entries, '0') ?? null) : entries];
  });
  return Object.fromEntries(found);
}

function batches(events: readonly HecEvent[]): HecEvent[][] {
  const all: HecEvent[][] = [];
  let bytes = Infinity;
  for (const event of events) {
    if (bytes > BATCH_BYTES || (all.at(-1)?.length ?? 0) >= BATCH_EVENTS) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)?.push(event);
    bytes += events.length > 1 ? JSON.stringify(event).length : 0;
  }
  return all;
}

/** Codes of the collector that say what to do. */
const CODES: Record<number, `splunk.${'tokenDisabled' | 'token' | 'index' | 'busy' | 'channel'}`> = {
  1: 'splunk.tokenDisabled',
  2: 'splunk.token',
  3: 'splunk.token',
  4: 'splunk.token',
  7: 'splunk.index',
  9: 'splunk.busy',
  10: 'splunk.channel',
};

/** What is wrong with an answer of the collector: `{"text": "Invalid token", "code": 4}`. */
export const judgeSplunk: Judge = (answer) => {
  const body = bodyOf(answer);
  const { code, text } = isRecord(body) ? body : {};
  if (isSuccess(answer) && (typeof code !== 'number' || code === 0)) return undefined;
  const params = {
    host: answer.host,
    status: answer.status,
    problem: typeof text === 'string' ? text.slice(0, 200) : '-',
  };
  if (typeof code !== 'number') return refusalOf(answer);
  return new WorkflowError(CODES[code] ?? 'splunk.refused', { ...params, code });
};
