import { compileTemplate } from '../../src/notify/template/template';
import { WorkflowError } from '../../src/text';
import { defineNode } from '../adaptor';
import { runtimeOf } from '../runtime';

export default defineNode(
  {
    type: 'misp-response',
    family: 'actions',
    modules: ['stop-execution'],
    version: 1,
    labelBy: 'answer',
    inputs: 1,
    outputs: [],
    harmless: true,
    fields: {
      answer: {
        kind: 'select',
        default: 'block',
        options: ['block', 'allow', 'allow-at-once'],
        describe: true,
      },
      message: { kind: 'template', default: 'Execution stopped', rows: 3, when: { answer: 'block' } },
    },
  },
  (context) => {
    const { tracker } = runtimeOf(context.RED);
    const { answer } = context.config;
    // What stops a publication must not fail for a name that the data lacks.
    const template =
      answer === 'block' ? compileTemplate(context.config.message, { missingIsEmpty: true }) : undefined;
    return {
      input(message) {
        const run = tracker.runOf(message);
        if (!run) return noRun(message);
        if (template) {
          run.block(template.render(message.payload, context.names(message)));
          context.status('blocked', 'red', 'dot', { reason: run.verdict?.reason ?? '' });
        } else {
          run.allow(tracker.passedOf(message), answer === 'allow-at-once');
          context.status('allowed', 'green');
        }
      },
    };

    /** No run waits for an answer: it has one already, or MISP does not wait for this trigger. */
    function noRun(message: Parameters<typeof tracker.runOf>[0]): void {
      const verdict = tracker.verdictOf(message);
      if (!verdict) throw new WorkflowError('response.noRun');
      if (verdict.cause === 'accepted') return context.status('notWaiting', 'grey', 'ring');
      const agrees = template ? verdict.outcome === 'block' : verdict.cause === 'response';
      if (agrees && verdict.cause === 'response') return;
      throw new WorkflowError('response.late', { outcome: context.text(`outcome.${verdict.outcome}`) });
    }
  },
);
