import { blockText, replyBody, type HandBack, type Outcome, type Verdict } from '../../runs/verdict';
import { words } from '../../text';
import { requestOf, type MispRequest } from '../request';
import type { Kind, Module, Reply } from './kind';

/** A module of MISP's Action service: a trigger of a workflow. */
export interface ActionModule extends Module {
  kind: 'action';
  /** MISP waits for the answer and a block stops the operation. */
  blocking: boolean;
  /** A `*-before-save` trigger: MISP saves nothing else while it waits. */
  stallsSaving: boolean;
  onDeadline: Outcome;
  supportFilters: boolean;
  /** Its requests are kept before MISP is told that they were accepted. */
  kept?: {
    /** One at a time for each event. */
    inOrder: boolean;
    /** The trigger whose keys and passwords are not kept. */
    withoutSecrets?: string;
  };
  /** Parameters that MISP's user fills in, as MISP declares them. */
  params: Record<string, ModuleParam>;
}

/** A parameter of a module as MISP reads it from `meta.config.params`. */
export interface ModuleParam {
  type: 'string' | 'large_string' | 'hash_path';
  description: string;
  value: string;
  jinja_supported?: boolean;
}

export interface ActionTypes {
  module: ActionModule;
  request: MispRequest;
}

const GO_ON: Reply = { body: JSON.stringify({ data: true }), blocks: false };
/** MISP before 2.5.37 goes on, and knows nothing of the result. */
const withResult = ({ key, json }: HandBack): Reply => ({
  body: `{"data":${json},"result_key":${JSON.stringify(key)}}`,
  blocks: false,
});
const stop = (error: string): Reply => ({ body: JSON.stringify({ error }), blocks: true });

/** Action modules: MISP goes on with `{"data": true}` and stops with a non-empty `error`. */
export const action = {
  /** `meta.outputs` is left out: it overwrites the inputs in MISP (docs/architecture.md, "Parameters of a module"). */
  describe: (module) => ({
    name: module.name,
    type: 'action_mod',
    mispattributes: { config: {} },
    meta: {
      version: '1.0',
      author: 'Node-RED',
      description: module.description,
      'module-type': ['action'],
      name: module.name,
      icon: 'project-diagram',
      icon_class: 'fas',
      config: {
        blocking: module.blocking,
        support_filters: module.supportFilters,
        expect_misp_core_format: false,
        params: module.params,
      },
    },
  }),
  /** 3 s while MISP cannot save anything, else 8 s of MISP's 10. */
  defaultDeadlineMs: ({ stallsSaving }: Pick<ActionModule, 'stallsSaving'>) => (stallsSaving ? 3000 : 8000),
  goesOnAtOnce: ({ blocking }) => !blocking,
  stallsMisp: ({ stallsSaving }) => stallsSaving,
  quota: 'triggers',
  read: requestOf,
  reply(verdict: Verdict) {
    const body = replyBody(verdict);
    if ('error' in body) return stop(body.error);
    return verdict.handBack ? withResult(verdict.handBack) : GO_ON;
  },
  refuse: (problem) => stop(blockText(words(problem))),
  byPolicy: ({ onDeadline }, problem) => (onDeadline === 'block' ? stop(words(problem)) : GO_ON),
} satisfies Kind<ActionTypes>;
