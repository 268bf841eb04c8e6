import type {
  CreateTag,
  CreateWorkflow,
  DeleteWorkflow,
  DrawWorkflow,
  SeeModule,
  SeeSetting,
  SetSetting,
  SetUpOperation,
  SwitchModule,
} from '../../actions/set-up';
import { graphOf, isBare, isSameGraph, moduleOf, type MispGraph } from '../../actions/misp-graph';
import { WorkflowError } from '../../text';
import { done, type Context, type Outcome } from '../carry-out/context';
import { AD_HOC, adHocNamed, createAdHoc, listAdHoc } from '../ad-hoc';
import { readSetting, writeSetting } from '../server-settings';
import { addTag, searchTags } from '../tags';
import { workflowModules } from '../workflow-modules';
import {
  createWorkflow as create,
  deleteWorkflow as takeAway,
  saveWorkflow,
  switchModule as turn,
  viewTrigger,
  type TriggerView,
  type WorkflowView,
} from '../workflows';
import { NOT_IN_DATA, ONE_THING, WHOLE_PLAN, type OperationEntry } from './entry';

const UNCHANGED: Outcome = { state: 'unchanged' };

/** MISP waits one second for the list of a listener, which the first call may take. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 1000;

/** What sets a MISP up is done in the plan's order, by a site admin. */
function entry<O extends SetUpOperation>(
  carryOut: (context: Context, operation: O) => Promise<Outcome>,
  permission: OperationEntry<O>['permission'] = 'perm_site_admin',
): OperationEntry<O> {
  return { carryOut, reflect: NOT_IN_DATA, lane: () => WHOLE_PLAN, ...ONE_THING, permission };
}

export const setSetting = entry<SetSetting>(async ({ client, signal }, { name, value }) => {
  const present = await readSetting(client, name, signal);
  // What a service that is away does not list is off.
  if (String(present ?? false) === String(value)) return UNCHANGED;
  await writeSetting(client, name, value, signal);
  return done();
});

export const createWorkflow = entry<CreateWorkflow>(async ({ client, signal }, step) => {
  if ((await viewOf({ client, signal }, step)).workflow) return UNCHANGED;
  if (step.adHoc === undefined) await create(client, step.trigger, signal);
  else await createAdHoc(client, step.adHoc, signal);
  return done();
});

export const drawWorkflow = entry<DrawWorkflow>(async ({ client, signal }, { graph: drawn, was, ...of }) => {
  const trigger = of.adHoc ?? of.trigger;
  const { workflow, graph } = await workflowOf({ client, signal }, of, drawn);
  const present = graphOf(workflow.data);
  if (isSameGraph(present, graph)) return UNCHANGED;
  refuseOther(trigger, present, was);
  const { _frames } = workflow.data;
  await saveWorkflow(client, workflow, { ...graph, ...(_frames === undefined ? {} : { _frames }) }, signal);
  return done();
});

export const deleteWorkflow = entry<DeleteWorkflow>(async ({ client, signal }, { graph: drawn, ...of }) => {
  const found = await viewOf({ client, signal }, of);
  if (!found.workflow) return UNCHANGED;
  const { workflow } = found;
  const present = graphOf(workflow.data);
  if (!isBare(present)) refuseOther(of.adHoc ?? of.trigger, present, ownGraph(drawn, found));
  await takeAway(client, workflow.id, signal);
  return done();
});

export const switchModule = entry<SwitchModule>(async ({ client, signal }, operation) => {
  const { module, adHoc } = operation;
  if (adHoc === undefined) await turn(client, operation, signal);
  else {
    const { trigger } = await viewOf({ client, signal }, { trigger: module, adHoc });
    if (trigger === undefined) throw new WorkflowError('connect.notCreated', { trigger: adHoc });
    await turn(client, { ...operation, module: trigger }, signal);
  }
  return done();
});

export const seeModule = entry<SeeModule>(async ({ client, signal }, { module }) => {
  for (let looks = 1; ; looks++) {
    if ((await workflowModules(client)).some(({ id }) => id === module)) return done();
    if (looks === LOOKS || signal.aborted) throw new WorkflowError('connect.notReached', { module });
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
});

export const seeSetting = entry<SeeSetting>(async ({ client, signal }, { name, module, family }) => {
  for (let looks = 1; ; looks++) {
    if ((await readSetting(client, name, signal)) !== undefined) return done();
    if (looks === LOOKS || signal.aborted)
      throw new WorkflowError('connect.serviceNotReached', { module, service: family });
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
});

export const createTag = entry<CreateTag>(async ({ client, signal }, { tag }) => {
  if ((await searchTags(client, [tag], signal)).length > 0) return UNCHANGED;
  await addTag(client, tag, signal);
  return done();
}, undefined);

interface Of {
  trigger: string;
  adHoc?: string;
}
type Asking = Pick<Context, 'client' | 'signal'>;
type View = Partial<TriggerView> & { trigger?: string };

/** The trigger and its workflow; of ad hoc ones by the workflow's name. */
async function viewOf({ client, signal }: Asking, { trigger, adHoc }: Of): Promise<View> {
  if (adHoc === undefined) return (await viewTrigger(client, trigger, signal)) ?? {};
  return adHocNamed((await listAdHoc(client, signal)) ?? [], adHoc) ?? {};
}

async function workflowOf(
  asking: Asking,
  of: Of,
  drawn: MispGraph,
): Promise<{ workflow: WorkflowView; graph: MispGraph }> {
  const found = await viewOf(asking, of);
  const { workflow } = found;
  if (!workflow) throw new WorkflowError('connect.notCreated', { trigger: of.adHoc ?? of.trigger });
  return { workflow, graph: ownGraph(drawn, found) };
}

/** A graph that was drawn before MISP had a trigger for it carries that one. */
function ownGraph(graph: MispGraph, { trigger }: View): MispGraph {
  if (trigger === undefined) return graph;
  return Object.fromEntries(
    Object.entries(graph).map(([id, block]) => {
      if (moduleOf(block) !== AD_HOC) return [id, block];
      return [id, { ...block, name: trigger, data: { ...block.data, id: trigger, name: trigger } }];
    }),
  );
}

/** Nobody's work is written over: not what was drawn meanwhile, and not what nobody had seen. */
function refuseOther(trigger: string, present: MispGraph, expected: MispGraph | undefined): void {
  if (!expected && !isBare(present)) throw new WorkflowError('connect.hasBlocks', { trigger });
  if (expected && !isSameGraph(present, expected))
    throw new WorkflowError('connect.changedMeanwhile', { trigger });
}
