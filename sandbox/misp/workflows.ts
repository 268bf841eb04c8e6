import { TRIGGERS } from '../../src/triggers/triggers';
import { askActionService, type ActionServiceSettings } from './action-service';

/** A workflow of MISP: one module behind a trigger. */
export interface Workflow {
  module: string;
  /** The module is enabled in MISP (`workflows/toggleModule`). A disabled one stops everything. */
  enabled?: boolean;
  params?: object;
}

/** What came of a trigger, in MISP's words. */
export interface Outcome {
  trigger: string;
  /** The operation was stopped. */
  blocked: boolean;
  /** How long MISP waited. */
  waitedMs: number;
  /** Titles of the rows that MISP writes to its log. */
  log: string[];
  /** The error text of the module, or why there was none although MISP went on. */
  reason?: string;
  /** MISP went on because it got no proper answer. */
  failedOpen: boolean;
}

/** Above this, MISP 2.5.1 loses runs of triggers that do not block: the data is an argument of a command. */
const ARGUMENT_BYTES = 128 * 1024;
const BLOCKING = new Set(TRIGGERS.filter((trigger) => trigger.blocking).map((trigger) => trigger.id));

/** Runs the workflow of a trigger as MISP does: it goes on when the service fails (FACTS, first table). */
export async function runWorkflow(
  trigger: string,
  workflow: Workflow | undefined,
  data: unknown,
  service: ActionServiceSettings,
): Promise<Outcome> {
  const outcome: Outcome = { trigger, blocked: false, waitedMs: 0, log: [], failedOpen: false };
  if (!workflow) return outcome;
  const blocking = BLOCKING.has(trigger);
  if (!blocking && Buffer.byteLength(JSON.stringify(data)) > ARGUMENT_BYTES) {
    return { ...outcome, reason: 'Argument list too long', failedOpen: true };
  }
  const node = `Node \`${workflow.module}\` (2) from Workflow \`Workflow for trigger ${trigger}\` (1) returned the following error: `;
  if (workflow.enabled === false) {
    const reason = `Could not execute disabled module \`${workflow.module}\`.`;
    return { ...outcome, blocked: blocking, reason, log: [reason, `Execution stopped. \n${node}${reason}`] };
  }
  const started = performance.now();
  const answer = await askActionService(service, workflow.module, data, workflow.params ?? {});
  outcome.waitedMs = Math.round(performance.now() - started);
  if (answer.failure !== undefined) {
    return { ...outcome, failedOpen: true, reason: answer.failure, log: [answer.failure] };
  }
  if (answer.error === undefined) return outcome;
  const stopped = blocking && answer.blocking === true;
  const title = stopped ? 'Execution stopped. ' : 'Execution encountered an error but continued. ';
  return { ...outcome, blocked: stopped, reason: answer.error, log: [`${title}\n${node}${answer.error}`] };
}
