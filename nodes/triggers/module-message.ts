import type { NodeAPI } from 'node-red';
import { holdSettings } from '../../src/drawn/module-settings';
import type { AiRequest } from '../../src/listener/kinds/ai';
import type { ListenerCaller } from '../../src/listener/protocol';
import type { MispRequest } from '../../src/listener/request';
import type { MispPart } from '../../src/runs/message';
import type { AiQuestion } from '../../src/drawn/ai';
import { isSet } from '../../src/event/flags';
import { isUuid, uuidKey } from '../../src/event/same';
import { isList, isRecord, textOf } from '../../src/event/values';
import type { ModuleSettings } from './announced-module';
import type { Asked } from './trigger-guard';
import type { OfRun, TriggerMessage } from './trigger-runs';

export type ModuleKind = 'expansion' | 'import' | 'export' | 'action' | 'ai' | 'front';

/** A query of any kind. */
export type ReadQuery = Partial<Omit<MispRequest, 'data'>> &
  Partial<Omit<AiRequest, 'data'>> & { data?: unknown; answer?: unknown };

/**
 * What a query is about. An enrichment is asked about the attribute, or the value where MISP names none; what is asked
 * about a whole event, or a file, is not counted.
 */
export function askedOf({ kind }: ModuleSettings, query: ReadQuery): Asked {
  if (kind === 'action') return { trigger: 'action', data: query.data };
  if (kind === 'ai') return { trigger: 'ai', data: undefined };
  const uuid = uuidKey(query.attribute?.uuid ?? query.attributeUuid);
  const value =
    query.value === undefined ? undefined : JSON.stringify([query.type, query.value]).slice(0, 500);
  const entity = uuid === '' ? value : `attribute ${uuid}`;
  return { trigger: 'expansion', data: undefined, attributes: uuid === '' ? [] : [uuid], entity };
}

/** What the answer of MISP's AI module depends on. */
export function questionOf({ useCase = 'ping', data, report, params = {} }: ReadQuery): AiQuestion {
  const { Event } = isRecord(data) ? data : {};
  const event = isRecord(Event) ? Event : {};
  const reports = isList(event.EventReport) ? event.EventReport.filter(isRecord) : [];
  const about = report ?? event;
  return {
    useCase,
    name: textOf(report ? about.name : about.info),
    content: textOf(about.content),
    reports: reports
      .filter(({ deleted }) => !isSet(deleted))
      .map(({ uuid }) => textOf(uuid))
      .filter(isUuid),
    limit: Number(params.suggest_limit) || 0,
  };
}

/** The message that a query becomes. `msg.payload` is what most flows need; the parts stand beside it. */
export function messageOf(
  RED: NodeAPI,
  config: ModuleSettings,
  query: ReadQuery,
  of: Omit<OfRun, 'caller'>,
  caller?: ListenerCaller,
): TriggerMessage {
  const { kind, module, blocking } = config;
  const {
    eventId,
    attributeUuid,
    persistent,
    params = {},
    value,
    type,
    attribute,
    object,
    file,
    filename,
  } = query;
  const misp: MispPart = {
    ...of,
    trigger: kind === 'both' ? 'expansion' : kind,
    module,
    ...(caller ? { server: caller.server ?? caller.name } : {}),
    blocking: kind === 'action' ? blocking : true,
    params,
    ...(eventId === undefined ? {} : { event_id: eventId }),
    ...(attributeUuid === undefined ? {} : { attribute_uuid: attributeUuid }),
    ...(persistent ? { persistent } : {}),
    ...(query.useCase === undefined ? {} : { use_case: query.useCase }),
  };
  const parts = {
    value,
    type,
    attribute,
    object,
    file,
    filename,
    events: query.events,
    report: query.report,
    answer: query.answer,
    settings: query.settings && holdSettings(of.run, query.settings),
  };
  const known = Object.entries(parts).filter(([, part]) => part !== undefined);
  return {
    _msgid: RED.util.generateId(),
    topic: kind,
    payload: payloadOf(config, query),
    ...Object.fromEntries<unknown>(known),
    misp,
  };
}

/** The value; the file, as a text if it is one; the events; MISP's data of an action; an answer that is to go on. */
function payloadOf({ kind, stage }: ModuleSettings, query: ReadQuery): unknown {
  if (kind === 'action' || kind === 'ai') return query.data;
  if (kind === 'front' && stage === 'result') return query.answer;
  if (query.events) return query.events;
  if (query.object) return query.object;
  if (query.value !== undefined) return query.value;
  return query.file && asText(query.file);
}

/** A text in UTF-8; bytes that are none stay as they are. */
function asText(file: Buffer): string | Buffer {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    return file;
  }
}
