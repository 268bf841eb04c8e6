import type { RunWorkflow } from '../../src/actions/plan';
import { planRuns, RUN_CALLS } from '../../src/actions/run-workflow';
import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { AD_HOC } from '../../src/misp/ad-hoc';
import { carryOutOn } from '../../src/misp/carry-out';
import { findRunnable } from '../../src/misp/runnable';
import { mispOf, type Message } from '../../src/runs/message';
import { compileTemplate } from '../../src/template/template';
import { WorkflowError } from '../../src/text';
import { runtimeOf } from '../runtime';
import { defineAction } from './parts/define-action';
import { refuseBeforeSave, SERVER_FIELD, serverOf } from './parts/define-misp-action';
import { rememberWrites } from './parts/remember-writes';

const RUN_WORKFLOW = {
  module: 'run-workflow',
  params: {
    workflows: { setting: 'workflows', form: 'list' },
    input_data: {
      setting: 'input',
      words: [
        ['yes', 'nothing'],
        ['nothing', 'nothing'],
      ],
      default: 'nothing',
    },
  },
} as const satisfies ModuleMapping;

export default defineAction(
  {
    type: 'misp-run-workflow',
    modules: [RUN_WORKFLOW],
    version: 1,
    labelBy: 'input',
    writes: true,
    fields: {
      ...SERVER_FIELD,
      workflows: { kind: 'list', default: [], required: true },
      input: {
        kind: 'select',
        default: 'event_ids',
        options: ['event_ids', 'roaming_data', 'nothing'],
        describe: true,
      },
      variables: { kind: 'keyvalue', default: [] },
      call: {
        kind: 'select',
        default: 'execute',
        options: RUN_CALLS,
        describe: true,
        when: { input: 'event_ids' },
        advanced: true,
      },
    },
  },
  (context) => {
    const { RED, config } = context;
    const { client } = serverOf(context);
    const { workflows } = writeParams<{ workflows: string[] }>(RUN_WORKFLOW, config);
    const names = workflows.map((name) => name.trim()).filter(Boolean);
    if (names.length === 0) throw new WorkflowError('runWorkflow.none');
    const variables = config.variables.map(({ name, value }) => ({ name, template: compileTemplate(value) }));
    const { tracker, runningWorkflows: running } = runtimeOf(RED);
    const carryOut = carryOutOn(client);
    const keysOf = (plan: readonly RunWorkflow[]): string[] =>
      plan.map(({ workflow, on }) => [client.url, workflow, on?.uuid ?? on?.id ?? ''].join(' '));

    return {
      async plan(message) {
        if (tracker.runOf(message)) refuseBeforeSave(message);
        const found = await findRunnable(client, names);
        const plan = planRuns(found, config.input, variablesFor(message), message.payload, config.call);
        if (isInside(message) && running.refuses(keysOf(plan)))
          throw new WorkflowError('runWorkflow.recursion', { name: plan.map(({ name }) => name).join(', ') });
        return plan;
      },
      async carryOut(plan, control) {
        const over = running.begin(keysOf(plan));
        try {
          return await carryOut(plan, control);
        } finally {
          over();
        }
      },
      begin: rememberWrites(RED, client),
      system: () => client.url,
    };

    function variablesFor(message: Message): Record<string, string> {
      const known = context.names(message);
      return Object.fromEntries(
        variables.map(({ name, template }) => [name, template.render(message.payload, known)]),
      );
    }
  },
);

/** A run that a workflow of MISP has led to, perhaps one of ours. */
function isInside(message: Message): boolean {
  const { trigger, echo } = mispOf(message);
  return trigger === AD_HOC || echo === true;
}
