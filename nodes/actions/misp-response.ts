import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { compileTemplate, type Template } from '../../src/template/template';
import type { Message } from '../../src/runs/message';
import { handBackOf, type HandBack, type Outcome } from '../../src/runs/verdict';
import { words, WorkflowError } from '../../src/text';
import { defineNode, type Behaviour, type NodeContext } from '../adaptor';
import type { Fields } from '../definition';
import { runtimeOf } from '../runtime';

const STOP = {
  module: 'stop-execution',
  when: { answer: 'block' },
  params: { message: 'message' },
} as const satisfies ModuleMapping;

const ALLOWING = { answer: ['allow', 'allow-at-once'] };
const ALLOWS = new Set(ALLOWING.answer);

/** What can be named in MISP's hash paths and templates. */
const KEY = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

type ResponseContext = Pick<NodeContext<Fields>, 'RED' | 'text' | 'status' | 'names'>;

export default defineNode(
  {
    type: 'misp-response',
    family: 'actions',
    modules: [STOP],
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
      resultKey: {
        kind: 'text',
        default: '',
        pattern: `^$|${KEY.source}`,
        message: 'resultKey',
        when: ALLOWING,
      },
      result: {
        kind: 'typed',
        default: 'payload.result',
        types: ['msg', 'jsonata', 'str', 'num', 'bool', 'json', 'flow', 'global', 'env'],
        when: ALLOWING,
      },
    },
  },
  (context) => {
    const { answer } = context.config;
    const { message: reason } = writeParams<{ message: string }>(STOP, context.config);
    // An answer that is neither, such as ${ANSWER}, is a block. What stops a publication must not fail for a
    // name that the data lacks.
    if (!ALLOWS.has(answer)) return blocking(context, compileTemplate(reason, { missingIsEmpty: true }));
    const { tracker } = runtimeOf(context.RED);
    const { resultKey: key } = context.config;
    if (key === '') return { input: (message) => allow(message) };
    if (!KEY.test(key)) throw new WorkflowError('response.resultKey', { key });
    return {
      async input(message) {
        if (!tracker.runOf(message)) return withoutRun(context, message, 'allow');
        // A result that cannot be had is an error, not an allow without it.
        allow(message, handBackOf(key, await context.evaluate('result', message)), true);
      },
    };

    function allow(message: Message, handBack?: HandBack, wanted = false): void {
      const reception = tracker.receptionOf(message);
      if (!reception || !tracker.runOf(message)) return withoutRun(context, message, 'allow');
      const isTaken = reception.run.waiting.allow(reception, answer === 'allow-at-once', handBack);
      if (!wanted) context.status('allowed', 'green');
      else if (!handBack) context.status('allowedEmpty', 'yellow', 'ring', { name: key });
      else if (isTaken) context.status('allowedWith', 'green', 'dot', { name: key });
      else context.status('allowedSecond', 'yellow', 'ring', { name: key });
    }
  },
  // One that cannot be set up stops MISP all the same, unless it was to allow.
  (context, _self, problem) => {
    const refuse = () => {
      throw problem;
    };
    if (ALLOWS.has(context.config.answer)) return { input: refuse };
    return blocking(context, { render: refuse });
  },
);

/** MISP is stopped even if the words for it cannot be had: those are replaced, and the error is told besides. */
function blocking(context: ResponseContext, template: Pick<Template, 'render'>): Behaviour {
  const { tracker } = runtimeOf(context.RED);
  return {
    input(message) {
      const waiter = tracker.runOf(message)?.waiting;
      if (!waiter) return withoutRun(context, message, 'block');
      let problem: Error | undefined;
      let reason: unknown;
      try {
        reason = template.render(message.payload, context.names(message));
      } catch (error) {
        problem = error instanceof Error ? error : new Error(String(error));
      }
      waiter.block(reason);
      context.status('blocked', 'red', 'dot', { reason: words(waiter.verdict?.reason ?? '') });
      if (problem) throw problem;
    },
  };
}

/** No run waits for an answer: it has one already, or MISP does not wait for this trigger. */
function withoutRun(context: ResponseContext, message: Message, outcome: Outcome): void {
  const verdict = runtimeOf(context.RED).tracker.verdictOf(message);
  if (!verdict) throw new WorkflowError('response.noRun');
  if (verdict.cause === 'accepted') return context.status('notWaiting', 'grey', 'ring');
  const agrees = outcome === 'block' ? verdict.outcome === 'block' : verdict.cause === 'response';
  if (agrees && verdict.cause === 'response') return;
  if (verdict.cause === 'lost') throw new WorkflowError('response.lost');
  throw new WorkflowError('response.late', { outcome: context.text(`outcome.${verdict.outcome}`) });
}
