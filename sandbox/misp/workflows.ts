import type { SavedFilters } from '../../src/event/saved-filters';
import { triggerById } from '../../src/triggers/triggers';
import { ActionService, type ActionServiceSettings, type SentRequest } from './service/action-service';
import { underscore } from './service/php';

/** A workflow of MISP: a trigger, and one module of the Action service behind it. */
export interface Workflow {
  /** The module's name. */
  module: string;
  /** The trigger is on (`workflows/toggleModule/<trigger>/1/1`); true unless told otherwise. */
  enabled?: boolean;
  /**
   * The module is on (`workflows/toggleModule/<module>/1`); true unless told otherwise. One that is listed but
   * off, and blocking, stops everything.
   */
  moduleEnabled?: boolean;
  /** Values of the module's parameters. */
  params?: Record<string, unknown>;
  /** The filter of the module's node. */
  filters?: Partial<SavedFilters>;
}

/** What came of a trigger. */
export interface Outcome {
  /** Counts up from 1. */
  id: number;
  /** When it was known. */
  at: string;
  trigger: string;
  /** The event it was about, if the data names it. */
  eventId?: string;
  module?: string;
  /** The trigger is one that can be stopped. */
  blocking: boolean;
  /** The operation was stopped. */
  blocked: boolean;
  /** What the module gave as error, or what MISP says of a module that it cannot run. */
  reason?: string;
  /** The same with node and workflow, as MISP hands it on. */
  nodeError?: string;
  /** Why MISP has no verdict. It went on as if allowed. */
  failedOpen?: string;
  /** Titles of the rows that MISP wrote to its log. */
  log: string[];
  /** From the first request to the last answer, in milliseconds. */
  waitedMs: number;
  requests: SentRequest[];
}

export interface Run {
  trigger: string;
  workflow: Workflow | undefined;
  workflowId: number;
  data: unknown;
  service: ActionServiceSettings;
  /** What of a run that is not blocking happens in the background worker. */
  inBackground: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The longest argument of a Linux command: MISP 2.5.1 hands the data of such runs to a new process that way. */
const ARGUMENT_BYTES = 128 * 1024;
export const ARGUMENT_TOO_LONG = 'Argument list too long';

/**
 * Runs the workflow of a trigger as MISP does: it goes on when the service fails
 * (docs/architecture.md, "What a reply of the Action service does").
 * @throws if MISP has no such trigger
 */
export async function runWorkflow(run: Run): Promise<Omit<Outcome, 'id' | 'at' | 'eventId'>> {
  const known = triggerById(run.trigger);
  if (!known) throw new Error(`Unknown trigger \`${run.trigger}\``);
  const idle = { trigger: run.trigger, blocking: known.blocking, blocked: false, log: [], waitedMs: 0 };
  const { workflow } = run;
  if (!workflow || workflow.enabled === false) return { ...idle, requests: [] };
  const service = new ActionService(run.service);
  const walk = () => executeModule(run, workflow, service, known.blocking);
  const result = known.blocking ? await walk() : await runInBackground(run, service, walk);
  const waitedMs = service.sent.reduce((sum, { ms }) => sum + ms, 0);
  return {
    ...idle,
    module: workflow.module,
    ...result,
    waitedMs: Math.round(waitedMs),
    requests: service.sent,
  };
}

type Result = Partial<Outcome>;

/** A run that nobody waits for: MISP loads the modules, starts a process, and that loads them again. */
async function runInBackground(
  run: Run,
  service: ActionService,
  walk: () => Promise<Result>,
): Promise<Result> {
  await service.modules();
  if (argumentBytes(run.data) > ARGUMENT_BYTES) return { failedOpen: ARGUMENT_TOO_LONG };
  return run.inBackground(walk);
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

async function executeModule(
  run: Run,
  workflow: Workflow,
  service: ActionService,
  blocking: boolean,
): Promise<Result> {
  const id = underscore(workflow.module);
  const { list, failure } = await service.modules();
  const module = list.find((entry) => entry.id === id);
  /** The module failed: one that is declared as blocking ends the workflow, and what started it if that can be. */
  const fail = (reason: string, before: string[] = []): Result => {
    const stops = module?.blocking === true;
    const nodeError = describeError(run, id, reason);
    const title = stops ? 'Execution stopped. ' : 'Execution encountered an error but continued. ';
    return { reason, nodeError, blocked: blocking && stops, log: [...before, `${title}\n${nodeError}`] };
  };
  if (!module) {
    const message = `Could not load class for module: ${id}`;
    return { ...fail(message, [message]), failedOpen: failure ?? 'the service does not list the module' };
  }
  if (workflow.moduleEnabled === false) {
    const message = `Could not execute disabled module \`${id}\`.`;
    return fail(message, [message]);
  }
  const answer = await service.query(module, run.data, workflow.params ?? {}, workflow.filters);
  if (answer.failure !== undefined) return { failedOpen: answer.failure };
  return answer.error === undefined ? {} : fail(answer.error);
}

/** In MISP's words. Node 1 is the trigger, node 2 the module. */
function describeError({ trigger, workflowId }: Run, id: string, reason: string): string {
  const workflow = `Workflow \`Workflow for trigger ${trigger}\` (${workflowId})`;
  return `Node \`${id}\` (2) from ${workflow} returned the following error: ${reason}`;
}
