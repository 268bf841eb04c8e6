import { listsIn } from '../../event/keyed-lists';
import { isRecord, textOf } from '../../event/values';
import { WorkflowError } from '../../text';
import { describeDrawn, drawn, type ModuleRequest } from './drawn';
import type { Kind, Module } from './kind';

/** The one name by which MISP finds its AI module. */
export const AI_MODULE = 'ai_connector';

/** What MISP asks its AI module for, by MISP's names; `ping` is a test without data. */
export const USE_CASES = [
  ...(['summarization_on_event', 'summarization_on_eventReport', 'tag_suggest', 'infoextraction'] as const),
  'ping',
] as const;
export type UseCase = (typeof USE_CASES)[number];

/** MISP's AI module (2.5.47 and newer). */
export interface AiModule extends Module {
  kind: 'ai';
}

/** What MISP's AI is asked. The address and key of MISP's own model are settings, and in no message. */
export interface AiRequest extends ModuleRequest {
  useCase: UseCase;
  /** `{Event}`, as MISP's REST API gives it; nothing for a ping. */
  data?: { Event: Readonly<Record<string, unknown>> };
  /** The report that is to be summarised. */
  report?: Readonly<Record<string, unknown>>;
}

export interface AiTypes {
  module: AiModule;
  request: AiRequest;
}

/** What of MISP's settings is about the model; the rest is its address and its key. */
const ABOUT_MODEL = ['model_id', 'temperature', 'request_timeout', 'suggest_limit', 'suggest_min_score'];
const PARAMS = [...ABOUT_MODEL, 'min_confidence'];
const SECRET = ['api_key', 'openai_api_base'];
const DECLARED = { settings: [], userFields: [], input: [], format: 'misp_standard' } as const;

export const ai = {
  ...drawn,
  describe: (module) =>
    describeDrawn({ ...DECLARED, ...module, settings: [], userFields: [], input: [] }, ['ai'], {
      input: [],
      output: [],
    }),
  /** MISP waits 300 s (`Plugin.AI_timeout`). */
  defaultDeadlineMs: () => 280_000,
  read(body): AiRequest {
    const { module, use_case, data, params } = body.fields;
    const useCase = USE_CASES.find((one) => one === use_case);
    if (!useCase) throw new WorkflowError('service.noUseCase', { name: textOf(use_case).slice(0, 60) });
    const given = isRecord(params) ? params : {};
    const common = { module, useCase, persistent: false, ...paramsOf(given) };
    if (useCase === 'ping') return common;
    const known = body.keyed ? listsIn(data) : data;
    const { Event, EventReport: report } = isRecord(known) ? known : {};
    if (!isRecord(Event)) throw new WorkflowError('service.noEvent');
    const eventId = textOf(Event.id) || undefined;
    if (useCase !== 'summarization_on_eventReport') return { ...common, eventId, data: { Event } };
    if (!isRecord(report)) throw new WorkflowError('service.noReport');
    return { ...common, eventId, data: { Event }, report };
  },
} satisfies Kind<AiTypes>;

function paramsOf(given: Readonly<Record<string, unknown>>): Pick<ModuleRequest, 'params' | 'settings'> {
  const known = (names: readonly string[]) => names.filter((name) => Object.hasOwn(given, name));
  return {
    params: Object.fromEntries(known(PARAMS).map((name) => [name, given[name]])),
    settings: new Map(known(SECRET).map((name) => [name, textOf(given[name])])),
  };
}
