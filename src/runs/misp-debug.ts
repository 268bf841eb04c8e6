/** Where MISP's debug mode posts to, below the address that `Plugin.Workflow_debug_url` names. */
export const DEBUG_PATH = '/debug/';

/** What MISP tells of a run of a workflow of its own: it begins, a block was executed, it ends, a block says more. */
export type DebugStage = 'init' | 'exec' | 'end' | 'debug';

/** A post of MISP's debug mode, as far as its address says it. */
export interface DebugPost {
  stage: DebugStage;
  /** MISP's id of the trigger. */
  trigger: string;
  /** The block's; empty if the whole run is meant. */
  module: string;
  /** `type` of a beginning, `result` of a block, `outcome` of an end. */
  says: string;
}

const STAGE = /^\/debug\/([\w.-]{1,80})\/(?:(init|end)|(exec|debug)\/([\w.-]{1,80}))\/?$/;
const SAYS = { init: 'type', exec: 'result', end: 'outcome', debug: 'result' } as const;

/** Reads the address of a post; undefined if it is none that MISP's debug mode has. */
export function debugPostOf(url: string): DebugPost | undefined {
  const [path, query = ''] = url.split('?', 2);
  const found = STAGE.exec(path);
  if (!found) return undefined;
  const [, trigger, whole, part, module = ''] = found;
  const stage = (whole ?? part) as DebugStage;
  const says = new URLSearchParams(query).get(SAYS[stage]) ?? '';
  return { stage, trigger, module, says: /^[\w-]{1,40}$/.test(says) ? says : '' };
}
