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
import { graphOf, isBare, isSameGraph, type MispGraph } from '../../actions/misp-graph';
import { WorkflowError } from '../../text';
import { done, type Context, type Outcome } from '../carry-out/context';
import { readSetting, writeSetting } from '../server-settings';
import { addTag, searchTags } from '../tags';
import { workflowModules } from '../workflow-modules';
import {
  createWorkflow as create,
  deleteWorkflow as takeAway,
  saveWorkflow,
  switchModule as turn,
  viewTrigger,
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

export const createWorkflow = entry<CreateWorkflow>(async ({ client, signal }, { trigger }) => {
  if ((await viewTrigger(client, trigger, signal))?.workflow) return UNCHANGED;
  await create(client, trigger, signal);
  return done();
});

export const drawWorkflow = entry<DrawWorkflow>(async ({ client, signal }, { trigger, graph, was }) => {
  const workflow = await workflowOf({ client, signal }, trigger);
  const present = graphOf(workflow.data);
  if (isSameGraph(present, graph)) return UNCHANGED;
  refuseOther(trigger, present, was);
  const { _frames } = workflow.data;
  await saveWorkflow(client, workflow, { ...graph, ...(_frames === undefined ? {} : { _frames }) }, signal);
  return done();
});

export const deleteWorkflow = entry<DeleteWorkflow>(async ({ client, signal }, { trigger, graph }) => {
  const workflow = (await viewTrigger(client, trigger, signal))?.workflow;
  if (!workflow) return UNCHANGED;
  const present = graphOf(workflow.data);
  if (!isBare(present)) refuseOther(trigger, present, graph);
  await takeAway(client, workflow.id, signal);
  return done();
});

export const switchModule = entry<SwitchModule>(async ({ client, signal }, operation) => {
  await turn(client, operation, signal);
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

async function workflowOf(
  { client, signal }: Pick<Context, 'client' | 'signal'>,
  trigger: string,
): Promise<WorkflowView> {
  const workflow = (await viewTrigger(client, trigger, signal))?.workflow;
  if (!workflow) throw new WorkflowError('connect.notCreated', { trigger });
  return workflow;
}

/** Nobody's work is written over: not what was drawn meanwhile, and not what nobody had seen. */
function refuseOther(trigger: string, present: MispGraph, expected: MispGraph | undefined): void {
  if (!expected && !isBare(present)) throw new WorkflowError('connect.hasBlocks', { trigger });
  if (expected && !isSameGraph(present, expected))
    throw new WorkflowError('connect.changedMeanwhile', { trigger });
}
