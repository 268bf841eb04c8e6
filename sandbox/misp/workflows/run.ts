import { triggerById } from '../../../src/triggers/triggers';
import { ActionService } from '../service/action-service';
import type { StandIn } from '../stand-in';
import { isSince } from '../version';
import { MispCrash } from './modules/module';
import { ARGUMENT_TOO_LONG, type Outcome } from './outcome';
import { isAdHoc } from './ad-hoc';
import type { WorkflowRow } from './store';
import { inShortForm } from './short-form';
import { WorkflowWalk } from './workflow-walk';

const ARGUMENT_BYTES = 128 * 1024;

export type Result = Omit<Outcome, 'id' | 'at' | 'eventId'>;

/**
 * Runs the workflow of a trigger as MISP does: it goes on when the service fails
 * (docs/architecture.md, "What a reply of the Action service does").
 * @throws if MISP has no such trigger
 */
export async function runWorkflow(misp: StandIn, trigger: string, data: unknown): Promise<Result> {
  const known = triggerById(isAdHoc({ trigger_id: trigger }) ? 'ad-hoc' : trigger);
  if (!known) throw new Error(`Unknown trigger \`${trigger}\``);
  const { blocking } = known;
  const none = { trigger, blocking, blocked: false, log: [], errors: [], waitedMs: 0, requests: [] };
  const row = misp.workflowStore.byTrigger(trigger);
  const isOn = misp.settings.isOn('Plugin.Workflow_enable') && misp.workflowStore.isTriggerOn(trigger);
  if (!row || !isOn) return none;
  row.counter += 1;
  const service = new ActionService(misp.actionService);
  const result = blocking
    ? await walked(misp, row, data, service, true)
    : await inBackground(misp, row, data, service);
  const { module } = inShortForm(misp.workflowStore)[trigger];
  const waitedMs = Math.round(service.sent.reduce((sum, { ms }) => sum + ms, 0));
  return { ...none, module, ...result, waitedMs, requests: service.sent };
}

/** A run that nobody waits for: MISP loads the modules, starts a process, and that loads them again. */
async function inBackground(
  misp: StandIn,
  row: WorkflowRow,
  data: unknown,
  service: ActionService,
): Promise<Partial<Outcome>> {
  await service.modules();
  const walk = () => walked(misp, row, data, service, false);
  if (!misp.settings.isOn('MISP.background_jobs')) {
    return isSince(misp.version, '2.5.10') ? walk() : { failedOpen: 'there are no background workers' };
  }
  if (!isSince(misp.version, '2.5.43') && argumentBytes(data) > ARGUMENT_BYTES) {
    return { failedOpen: ARGUMENT_TOO_LONG };
  }
  return misp.worker.run(walk);
}

/**
 * The argument is the event before MISP makes the core format of it. So what that adds does not count: 200
 * attributes (a body of 280 KB) arrived, 400 were lost (behaviour/background-triggers-size-and-speed.json).
 */
function argumentBytes(data: unknown): number {
  const added = new Set(['_AttributeFlattened', '_allTags']);
  return Buffer.byteLength(
    JSON.stringify(data, (key, value: unknown) => (added.has(key) ? undefined : value)),
  );
}

async function walked(
  misp: StandIn,
  row: WorkflowRow,
  data: unknown,
  service: ActionService,
  blocking: boolean,
): Promise<Partial<Outcome>> {
  await askEnrichment(misp);
  const walk = new WorkflowWalk(misp, row, service, data);
  try {
    return await walk.run(blocking);
  } catch (error) {
    // Its log has what came before, and no word on the end.
    if (error instanceof MispCrash) return { crashed: error.message, log: walk.log, errors: walk.errors };
    throw error;
  }
}

/** MISP loads the modules of its Enrichment service twice, whatever is in the graph. */
async function askEnrichment(misp: StandIn): Promise<void> {
  for (let times = 0; times < 2; times++) await misp.enrichmentModules();
}
