import { isRecord } from '../../event/values';
import type { Outcome, Verdict } from '../../runs/verdict';
import { WorkflowError } from '../../text';
import { listsIn } from '../../event/keyed-lists';
import type { RequestBody } from '../request';
import { drawn, failed, resultReply, type ModuleRequest } from './drawn';
import type { Kind, Module, Reply } from './kind';
import { commonOf, fileOf, subjectOf } from './module-request';

/** A flow in front of a module of the listener's misp-modules: it has no name of its own in MISP. */
export interface FrontModule extends Module {
  kind: 'front';
  /** What it gets: the query before the module is asked, or the module's answer before MISP has it. */
  stage: 'query' | 'result';
  /** What counts when the flow fails or does not answer in time. */
  onFailure: Outcome;
}

export interface FrontTypes {
  module: FrontModule;
  request: ModuleRequest & { answer?: unknown };
}

/** How the query, or the answer, goes on: as it was, but for what is named here. */
export interface HandOn {
  value?: string;
  attribute?: Record<string, unknown>;
  answer?: unknown;
}

/** A module of somebody else declares nothing here. */
const OTHERS = { userFields: [], settings: [], input: [] };

export const front = {
  ...drawn,
  describe: () => ({}),
  read(body, { name }) {
    // Of a query with the answer to it, which the service's thread put together.
    const { query, answer } = body.fields;
    const asked: RequestBody = isRecord(query) ? { ...body, fields: { ...query, module: name } } : body;
    const common = commonOf(asked, OTHERS);
    const shown = isRecord(query) ? { answer: body.keyed ? listsIn(answer) : answer } : {};
    const { data, attribute, object } = asked.fields;
    if (Array.isArray(data)) return { ...common, ...shown, events: data };
    const isImport = typeof data === 'string' && !attribute && !object && !hasValue(asked);
    if (isImport) return { ...common, ...shown, ...fileOf(data, asked.fields.filename) };
    if (isRecord(attribute) && hasTwoValues(attribute)) throw new WorkflowError('service.twoValues');
    return { ...common, ...shown, ...subjectOf(asked, OTHERS) };
  },
  reply(verdict: Verdict): Reply {
    const { handOn } = (verdict.result ?? {}) as { handOn?: HandOn };
    if (verdict.outcome === 'block' || !handOn) return resultReply(verdict);
    return { body: '', blocks: false, handOn };
  },
  refuse: failed,
  byPolicy: ({ onFailure }: FrontModule, problem: string): Reply =>
    onFailure === 'block' ? failed(problem) : { body: '', blocks: false, handOn: {} },
} satisfies Kind<FrontTypes>;

/** MISP sends a value twice, whole and in its parts; a module may take either. */
function hasTwoValues({ value, value1, value2 }: Record<string, unknown>): boolean {
  if (value === undefined || value1 === undefined) return false;
  return value !== value1 && value !== [value1, value2].join('|');
}

/** A plain query about an attachment has both its name and its content. */
function hasValue(body: RequestBody): boolean {
  try {
    return subjectOf(body, OTHERS).value !== undefined;
  } catch {
    return false;
  }
}
