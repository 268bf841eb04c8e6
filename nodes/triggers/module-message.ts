import type { NodeAPI } from 'node-red';
import { holdSettings } from '../../src/drawn/module-settings';
import type { ModuleRequest } from '../../src/listener/kinds/drawn';
import type { ListenerCaller } from '../../src/listener/protocol';
import type { MispRequest } from '../../src/listener/request';
import type { MispPart } from '../../src/runs/message';
import { uuidKey } from '../../src/event/same';
import type { ModuleSettings } from './announced-module';
import type { Asked } from './trigger-guard';
import type { OfRun, TriggerMessage } from './trigger-runs';

export type ModuleKind = 'expansion' | 'import' | 'export' | 'action' | 'front';

/** A query of any kind. */
export type ReadQuery = Partial<MispRequest> & Partial<ModuleRequest> & { answer?: unknown };

/**
 * What a query is about. An enrichment is asked about the attribute, or the value where MISP names none; what is asked
 * about a whole event, or a file, is not counted.
 */
export function askedOf({ kind }: ModuleSettings, query: ReadQuery): Asked {
  if (kind === 'action') return { trigger: 'action', data: query.data };
  const uuid = uuidKey(query.attribute?.uuid ?? query.attributeUuid);
  const value =
    query.value === undefined ? undefined : JSON.stringify([query.type, query.value]).slice(0, 500);
  const entity = uuid === '' ? value : `attribute ${uuid}`;
  return { trigger: 'expansion', data: undefined, attributes: uuid === '' ? [] : [uuid], entity };
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
  };
  const parts = {
    value,
    type,
    attribute,
    object,
    file,
    filename,
    events: query.events,
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
  if (kind === 'action') return query.data;
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
