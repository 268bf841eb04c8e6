import type { ActionResult, CarryOut, Operation, OperationResult, Plan } from '../../src/actions/plan';
import type { Message } from '../../src/runs/tracker';
import { WorkflowError } from '../../src/text';
import { defineNode, type NodeContext } from '../adaptor';
import type { Config, Description, Fields } from '../definition';

/** What an action would do with a message, and how it is done. */
export interface Action<O extends Operation = Operation> {
  /** Works out what is to be done: no change happens here, reading is allowed. */
  plan(message: Message): Plan<O> | Promise<Plan<O>>;
  carryOut: CarryOut<O>;
  close?(): void | Promise<void>;
}

const settingsFor = (onFailure: 'stop' | 'continue') =>
  ({
    onFailure: { kind: 'select', default: onFailure, options: ['stop', 'continue'], advanced: true },
    dryRun: { kind: 'checkbox', default: false, advanced: true },
  }) as const satisfies Fields;

type WithActionFields<F extends Fields> = F & ReturnType<typeof settingsFor>;
export type ActionDescription<F extends Fields> = Omit<
  Description<F>,
  'family' | 'inputs' | 'outputs' | 'harmless'
> & {
  /** Tells people or systems. A failure does not keep the flow from its decision, unless the user wants it to. */
  notification?: boolean;
};

/** How often a long action shows how far it is, in milliseconds. */
const PROGRESS_MS = 500;

/**
 * A node that acts. It plans first, then does; in a dry run or a test run the plan is all there is. What was
 * done is in `msg.misp.result`. A failure can be caught, and stops the path or not, as its user says.
 */
export function defineAction<const F extends Fields, O extends Operation = Operation>(
  { notification, ...description }: ActionDescription<F>,
  create: (context: NodeContext<WithActionFields<F>>) => Action<O>,
) {
  const fields = { ...description.fields, ...settingsFor(notification ? 'continue' : 'stop') };
  return defineNode<WithActionFields<F>>(
    { ...description, family: 'actions', inputs: 1, outputs: ['message'], fields },
    (context) => {
      const { node, status } = context;
      const config: Config<ReturnType<typeof settingsFor>> = context.config;
      const action = create(context);
      const stopping = new AbortController();

      return {
        async input(message) {
          try {
            const result = await perform(message);
            const problem = problemOf(result);
            if (problem) throw problem;
            show(result);
          } catch (error) {
            if (config.onFailure === 'stop') throw error;
            status('failed', 'yellow', 'ring');
            node.error(context.explain(error), message as never);
          }
          return [message];
        },
        async close() {
          stopping.abort();
          await action.close?.();
        },
      };

      async function perform(message: Message): Promise<ActionResult> {
        const plan = await action.plan(message);
        const dryRun = config.dryRun || isTest(message);
        const operations = dryRun
          ? plan.map((operation): OperationResult => ({ operation, state: 'planned' }))
          : await action.carryOut(plan, { signal: stopping.signal, progress: showProgress() });
        const result = { dryRun, operations };
        message.misp = { ...(message.misp as object | undefined), result };
        return result;
      }

      function showProgress(): (done: number, total: number) => void {
        let last = Date.now();
        return (done, total) => {
          if (Date.now() - last < PROGRESS_MS) return;
          last = Date.now();
          status('progress', 'blue', 'dot', { done: String(done), total: String(total) });
        };
      }

      function show({ dryRun, operations }: ActionResult): void {
        const count = String(operations.length);
        if (dryRun) status('planned', 'blue', 'ring', { count });
        else if (operations.every(({ state }) => state === 'unchanged')) status('unchanged', 'grey', 'dot');
        else status('done', 'green', 'dot');
      }
    },
  );
}

/** Whether the run is a rehearsal: MISP does not wait, and nothing may change. */
function isTest(message: Message): boolean {
  return (message.misp as { test?: boolean } | undefined)?.test === true;
}

/** The failures of all operations as one error, with the first one's words. */
function problemOf({ operations }: ActionResult): WorkflowError | undefined {
  const failures = operations.flatMap(({ failures: list = [] }) => list);
  if (failures.length === 0) return undefined;
  const [{ item, problem }] = failures;
  const first = item ? `${item}: ${problem}` : problem;
  return new WorkflowError(failures.length === 1 ? 'action.failed' : 'action.failedSeveral', {
    first,
    count: failures.length,
  });
}
