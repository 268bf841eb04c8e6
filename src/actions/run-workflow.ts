import { eventHolder } from '../event/event-data';
import { isList, isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { Plan, Ref, RunWorkflow } from './plan';
import { refOf } from './targets';

/** What an ad hoc workflow gets: what whoever starts it hands over, or events that MISP looks for. */
export const AD_HOC_SCOPES = ['passed_event_ids', 'passed_roaming_data', 'events'] as const;
export type AdHocScope = (typeof AD_HOC_SCOPES)[number];

/** What a workflow is started with: each event by itself, the message's data, or nothing. */
export type WorkflowInput = 'event_ids' | 'roaming_data' | 'nothing';

/** How MISP is asked: as its API is meant, or as its page of an event does, which is for events only. */
export const RUN_CALLS = ['execute', 'page'] as const;
export type RunCall = (typeof RUN_CALLS)[number];

/** A workflow of MISP that is to be run. */
export interface Runnable {
  id: string;
  name: string;
  /** Of an ad hoc one what it takes; `none` if its trigger does not say. An ordinary one takes data. */
  scope: AdHocScope | 'none';
  on: boolean;
}

/** Runs of one plan. */
const MOST_RUNS = 1000;

/**
 * Runs of workflows of MISP: one for each event, so that the outcome of each is known. MISP itself tells that of the last.
 * @param variables for MISP's templates, as `_env`
 * @throws {WorkflowError} if a workflow takes something else, is off, or would run on all events
 */
export function planRuns(
  workflows: readonly Runnable[],
  input: WorkflowInput,
  variables: Readonly<Record<string, string>>,
  data: unknown,
  call: RunCall = 'execute',
): Plan<RunWorkflow> {
  const env = Object.keys(variables).length > 0 ? { _env: variables } : {};
  const plan = workflows.flatMap((workflow): RunWorkflow[] => {
    const { id, name, scope, on } = workflow;
    if (!on) throw new WorkflowError('runWorkflow.off', { name });
    if (scope === 'none') throw new WorkflowError('check.adHocParams', { name });
    const run = (given: object, event?: Ref): RunWorkflow => ({
      ...{ do: 'run-workflow', workflow: id, name, input: { ...given, ...env } },
      ...(event ? { on: event } : {}),
    });
    // It searches by itself, whatever it is started with.
    if (scope === 'events') return [run({})];
    if (scope !== (input === 'event_ids' ? 'passed_event_ids' : 'passed_roaming_data')) {
      throw new WorkflowError(
        scope === 'passed_event_ids' ? 'runWorkflow.takesEvents' : 'runWorkflow.takesData',
        {
          name,
        },
      );
    }
    if (input === 'nothing') return [run({})];
    if (input === 'event_ids')
      return eventsIn(data).map((ref) => ({
        ...run({ eventid: [ref.uuid ?? ref.id] }, ref),
        ...(call === 'page' ? { asPage: variables } : {}),
      }));
    const { Event } = eventHolder(data);
    return [run({ Event }, refOf(Event))];
  });
  if (plan.length > MOST_RUNS)
    throw new WorkflowError('runWorkflow.tooMany', { count: plan.length, limit: MOST_RUNS });
  return plan;
}

/**
 * The events of a message: one, a list of them, or what MISP's search gives; ids and uuids do as well.
 * @throws {WorkflowError} if there is none: a workflow that is started without is run on all events
 */
function eventsIn(data: unknown): Ref[] {
  const given = isRecord(data) && isList(data.response) ? data.response : data;
  const list = isList(given) ? given : [given];
  const refs = new Map<string, Ref>();
  for (const one of list) {
    const ref = refOfEvent(one);
    refs.set(ref.uuid ?? ref.id ?? '', ref);
  }
  if (refs.size === 0) throw new WorkflowError('runWorkflow.noEvent');
  return [...refs.values()];
}

const ID = /^[1-9]\d{0,18}$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

function refOfEvent(one: unknown): Ref {
  const event = isRecord(one) ? (isRecord(one.Event) ? one.Event : one) : {};
  const [id, uuid] = isRecord(one) ? [textOf(event.id), textOf(event.uuid)] : [textOf(one), textOf(one)];
  const ref = { ...(ID.test(id) ? { id } : {}), ...(UUID.test(uuid) ? { uuid } : {}) };
  if (ref.id === undefined && ref.uuid === undefined) throw new WorkflowError('runWorkflow.noEvent');
  return ref;
}
