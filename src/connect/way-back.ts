import { graphOf, type MispGraph } from '../actions/misp-graph';
import type { SetUpOperation } from '../actions/set-up';
import { adHocNamed, listAdHoc } from '../misp/ad-hoc';
import type { MispClient } from '../misp/client';
import { readSetting } from '../misp/server-settings';
import { viewTrigger } from '../misp/workflows';
import { text, type Said } from '../text';
import {
  changedBack,
  fingerprint,
  isValueNow,
  workflowOf,
  type KeptSetting,
  type KeptStep,
  type KeptWorkflow,
} from './kept-steps';

/** What would take back what was done, and what of it is left as it is. */
export interface WayBack {
  steps: SetUpOperation[];
  notes: Said[];
}

/**
 * Plans the way back of what was kept, the last step first, on MISP as it is now. What somebody has changed meanwhile is
 * left alone, and told. Nothing in MISP is changed.
 */
export async function planWayBack(client: MispClient, kept: readonly KeptStep[]): Promise<WayBack> {
  const back: WayBack = { steps: [], notes: [] };
  const now = new Present(client);
  // One after the other: what an earlier step made, a later one changed.
  for (const step of kept.toReversed()) await takeBack(step, now, back);
  return back;
}

async function takeBack(step: KeptStep, now: Present, { steps, notes }: WayBack): Promise<void> {
  if (step.do === 'switch-module') return void steps.push({ ...step, on: !step.on });
  if (step.do === 'set-setting') {
    const { name, value, was, hadLogin } = step;
    const present = await now.setting(step);
    // The same address with a user and password of ours is not what it was.
    if (isValueNow(was, present) && !isValueNow(value, present)) return;
    if (!isValueNow(value, present)) return void notes.push(text('connect.back.setting', { name }));
    // Without the login that it had, MISP would be refused there.
    if (hadLogin && value === was) return void notes.push(text('connect.back.loginStays', { name }));
    if (hadLogin) notes.push(text('connect.back.login', { name, value: String(was) }));
    now.settings.set(name, was);
    return void steps.push({ do: 'set-setting', name, value: was, was: present ?? false });
  }
  const present = await now.graph(step);
  if (!present) return;
  const { trigger, adHoc, drawn, changed } = step;
  const of = adHoc === undefined ? { trigger } : { trigger, adHoc };
  if (fingerprint(present) !== drawn)
    return void notes.push(text('connect.back.workflow', { trigger: workflowOf(step) }));
  if (step.do === 'create-workflow') {
    now.graphs.set(workflowOf(step), undefined);
    return void steps.push({ do: 'delete-workflow', ...of, graph: present });
  }
  if (!changed) return;
  const graph = changedBack(present, changed);
  now.graphs.set(workflowOf(step), graph);
  steps.push({ do: 'draw-workflow', ...of, graph, was: present });
}

/** How MISP is, and would be after the steps so far. */
class Present {
  readonly settings = new Map<string, KeptSetting['value'] | undefined>();
  readonly graphs = new Map<string, MispGraph | undefined>();

  constructor(private readonly client: MispClient) {}

  async setting({ name }: KeptSetting): Promise<KeptSetting['value'] | undefined> {
    if (!this.settings.has(name)) this.settings.set(name, await readSetting(this.client, name));
    return this.settings.get(name);
  }

  /** What is drawn; undefined without a workflow. */
  async graph(step: KeptWorkflow): Promise<MispGraph | undefined> {
    const key = workflowOf(step);
    if (!this.graphs.has(key)) {
      const { trigger, adHoc } = step;
      const view =
        adHoc === undefined
          ? await viewTrigger(this.client, trigger)
          : adHocNamed((await listAdHoc(this.client)) ?? [], adHoc);
      this.graphs.set(key, view?.workflow && graphOf(view.workflow.data));
    }
    return this.graphs.get(key);
  }
}
