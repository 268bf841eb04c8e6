import type {
  ActionResult,
  CarryOut,
  Failure,
  Operation,
  OperationResult,
  Plan,
} from '../../../src/actions/plan';
import { toldAction } from '../../../src/actions/in-words';
import { deadlineOf, isTest, setMisp, type Message } from '../../../src/runs/message';
import { text, WorkflowError } from '../../../src/text';
import type common from '../../../locales/en-US/common.json';
import { runtimeOf } from '../../runtime';
import { closingController } from './closing';
import { perform } from './perform';
import { RETRY_FIELDS, retryingOf, retryTimeOf } from './retrying';
import type { Remembering } from './remember-writes';
import { defineNode, type Behaviour, type NodeContext, type Outputs } from '../../adaptor';
import type { Description, Fields } from '../../definition';

/** What an action would do with a message, and how it is done. */
export interface Action<O extends Operation = Operation> {
  /** Works out what is to be done: no change happens here, reading is allowed. */
  plan(message: Message): Plan<O> | Promise<Plan<O>>;
  carryOut: CarryOut<O>;
  /** Whom it changes or tells, for the audit, where the plan does not say so: an address without secrets. */
  system?(): string;
  /** Told that a plan is about to be carried out; it remembers what that changes. */
  begin?(message: Message, plan: Plan<O>): Remembering;
  /** Told what became of the plan, also if parts of it failed, before the message goes on. */
  learn?(message: Message, operations: readonly OperationResult[]): void;
  /** Whether a failure is none of the node's: it is in the result, and the message goes on. */
  tolerates?(failure: Failure): boolean;
  /** What goes on when all went well: the message at the first output, unless told otherwise. */
  finish?(message: Message, result: ActionResult): Outputs;
  /** The same when it failed and the flow is to go on. */
  failed?(message: Message): Outputs;
  close?(): void | Promise<void>;
}

/** The fields that all actions have. */
export const settingsFor = (onFailure: 'stop' | 'continue') =>
  ({
    onFailure: { kind: 'select', default: onFailure, options: ['stop', 'continue'], advanced: true },
    dryRun: { kind: 'checkbox', default: false, advanced: true },
  }) as const satisfies Fields;

export type ActionFields = ReturnType<typeof settingsFor> & Partial<typeof RETRY_FIELDS>;
type WithActionFields<F extends Fields> = F & ReturnType<typeof settingsFor>;
export type ActionDescription<F extends Fields> = Omit<
  Description<F>,
  'family' | 'inputs' | 'outputs' | 'harmless'
> & {
  /** Names of the outputs; one, for the message, unless told otherwise. */
  outputs?: readonly string[];
  /** Tells people or systems. A failure does not keep the flow from its decision, unless the user wants it to. */
  notification?: boolean;
  /** What failed because the other side was away may be tried again: nobody needs its answer. */
  retries?: boolean;
};

/** How often a long action shows how far it is, in milliseconds. */
const PROGRESS_MS = 500;

/**
 * A node that acts. It plans first, then does; in a dry run or a test run the plan is all there is. What was
 * done is in `msg.misp.result`. A failure can be caught, and stops the path or not, as its user says.
 */
export function defineAction<const F extends Fields, O extends Operation = Operation>(
  { notification, retries, outputs = ['message'], ...description }: ActionDescription<F>,
  create: (context: NodeContext<WithActionFields<F>>) => Action<O>,
) {
  const settings = settingsFor(notification ? 'continue' : 'stop');
  const fields = { ...description.fields, ...settings, ...(retries ? RETRY_FIELDS : {}) };
  return defineNode<WithActionFields<F>>(
    { ...description, family: 'actions', inputs: 1, outputs, fields },
    (context) => actionBehaviour(context as unknown as NodeContext<ActionFields>, create(context)),
  );
}

/** What a node does that has the fields of `settingsFor`: plan, carry out, report, go on. */
export function actionBehaviour<O extends Operation>(
  context: NodeContext<ActionFields>,
  action: Action<O>,
): Behaviour {
  const { config } = context;
  const stopping = closingController();
  const retrying = retryingOf(context, action, stopping.signal);

  return {
    async input(message) {
      try {
        const result = await act(message);
        const goesOn = config.onFailure !== 'stop';
        const problem = problemOf(
          result,
          (failure) => action.tolerates?.(failure) !== true && !(failure.again && goesOn),
        );
        if (problem) throw problem;
        show(message, result);
        return action.finish?.(message, result) ?? [message];
      } catch (error) {
        if (config.onFailure === 'stop') throw error;
        context.wentOn(error, message);
        return action.failed?.(message) ?? [message];
      }
    },
    async close() {
      stopping.abort();
      retrying?.close();
      await action.close?.();
    },
  };

  async function act(message: Message): Promise<ActionResult> {
    const plan = await action.plan(message);
    const dryRun = config.dryRun || isTest(message);
    context.note(message, () => ({ what: 'planned', dryRun, operations: plan }));
    if (!dryRun) return { dryRun, operations: await carryOut(message, plan) };
    const operations = plan.map((operation): OperationResult => ({ operation, state: 'planned' }));
    tell(message, dryRun, operations);
    return { dryRun, operations };
  }

  function carryOut(message: Message, plan: Plan<O>): Promise<OperationResult[]> {
    const { RED, node } = context;
    return perform(RED, plan, {
      carryOut: async (parts: Plan<O>, control) => {
        const results = await action.carryOut(parts, control);
        return retrying ? retrying.handOver(message, results) : results;
      },
      control: { signal: stopping.signal, progress: showProgress(), deadline: deadlineOf(message) },
      remembering: action.begin?.(message, plan),
      actor: runtimeOf(RED).actorOf(node, message),
      system: action.system?.() ?? '',
      did(operations) {
        context.note(message, () => ({ what: 'did', operations }));
        tell(message, false, operations);
      },
    });
  }

  function tell(message: Message, dryRun: boolean, operations: OperationResult[]): void {
    setMisp(message, { result: toldAction({ dryRun, operations }) });
    action.learn?.(message, operations);
  }

  function showProgress(): (done: number, total: number) => void {
    let last = Date.now();
    return (done, total) => {
      if (Date.now() - last < PROGRESS_MS) return;
      last = Date.now();
      context.status('progress', 'blue', 'dot', { done: String(done), total: String(total) });
    };
  }

  function showPlanned(operations: readonly OperationResult[]): void {
    if (operations.length === 0) return context.status('plannedNothing', 'blue', 'ring');
    const kinds = new Set(operations.map(({ operation }) => wordsFor(operation)));
    const what = [...kinds].map((key) => context.text(key)).join(', ');
    context.status('planned', 'blue', 'ring', { count: String(operations.length), what });
  }

  function show(message: Message, { dryRun, operations }: ActionResult): void {
    if (dryRun) showPlanned(operations);
    else if (operations.some(({ failures = [] }) => failures.some(({ again }) => again)))
      context.status('retry', 'yellow', 'ring', { time: retryTimeOf(message) });
    else if (operations.some(({ state }) => state === 'unknown')) context.status('unknown', 'yellow', 'ring');
    else if (operations.every(({ state }) => state === 'unchanged'))
      context.status('unchanged', 'grey', 'dot');
    else context.status('done', 'green', 'dot');
  }
}

/** The words for an operation; the compiler says which one has none. */
function wordsFor(operation: Operation): `operations.${keyof typeof common.operations}` {
  return `operations.${operation.do}`;
}

/** The failures of all operations as one error, which says the first one. */
function problemOf(
  { operations }: ActionResult,
  counts: (failure: Failure) => boolean,
): WorkflowError | undefined {
  const failures = operations.flatMap(({ failures: list = [] }) => list).filter(counts);
  if (failures.length === 0) return undefined;
  const [{ item, problem }] = failures;
  const first = item ? text('action.item', { item, problem }) : problem;
  const count = failures.length;
  return count === 1
    ? new WorkflowError('action.failed', { first })
    : new WorkflowError('action.failedSeveral', { first, count });
}
