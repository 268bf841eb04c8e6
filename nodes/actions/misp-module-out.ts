import type { ModuleAnswer } from '../../src/drawn/build';
import { templatesFor } from '../../src/misp/object-templates';
import type { Message } from '../../src/runs/message';
import { compileTemplate } from '../../src/template/template';
import { words, WorkflowError } from '../../src/text';
import { defineNode } from '../adaptor';
import { configNode } from '../config-node';
import type { ServerNode } from '../config/misp-server';
import { runtimeOf } from '../runtime';

const RESULTS = { answer: 'results' };

export default defineNode(
  {
    type: 'misp-module-out',
    family: 'actions',
    modules: [],
    version: 1,
    labelBy: 'answer',
    inputs: 1,
    outputs: [],
    harmless: true,
    fields: {
      answer: {
        kind: 'select',
        default: 'results',
        options: ['results', 'nothing', 'error', 'pass'],
        describe: true,
      },
      found: {
        kind: 'typed',
        default: 'payload',
        types: ['msg', 'flow', 'global', 'jsonata', 'json', 'str'],
        required: true,
        when: RESULTS,
      },
      valueType: { kind: 'text', default: 'text', required: true, when: RESULTS },
      category: { kind: 'text', default: '', when: RESULTS },
      comment: { kind: 'template', default: '', rows: 2, when: RESULTS },
      tags: { kind: 'list', default: [], when: RESULTS },
      toIds: { kind: 'select', default: 'type', options: ['type', 'yes', 'no'], when: RESULTS },
      relationship: { kind: 'text', default: 'related-to', when: RESULTS, advanced: true },
      server: { kind: 'config', type: 'misp-server', when: RESULTS, advanced: true },
      error: { kind: 'template', default: '{{ error.message }}', rows: 2, when: { answer: 'error' } },
    },
  },
  (context) => {
    const { RED, config } = context;
    const { tracker } = runtimeOf(RED);
    const comment = compileTemplate(config.comment, { missingIsEmpty: true });
    const reason = compileTemplate(config.error, { missingIsEmpty: true });
    const templates =
      config.answer === 'results' && config.server
        ? templatesFor(
            configNode<ServerNode, 'client'>(RED, config.server, 'client', 'moduleOut.noServer').client,
          )
        : undefined;
    return {
      async input(message) {
        const waiter = tracker.runOf(message)?.waiting;
        if (!waiter)
          throw late(message) ? new WorkflowError('moduleOut.late') : new WorkflowError('moduleOut.noRun');
        if (config.answer === 'error') {
          waiter.block(reason.render(message.payload, { ...context.names(message), error: message.error }));
          return context.status('error', 'yellow', 'dot', { reason: words(waiter.verdict?.reason ?? '') });
        }
        const given = await givenBy(message);
        waiter.give(given);
        context.status(config.answer, 'green', 'dot');
      },
    };

    async function givenBy(message: Message): Promise<ModuleAnswer> {
      const { answer, valueType: type, category, tags, toIds, relationship } = config;
      const { value, attribute, answer: passed } = message;
      const common = { type, tags: [...tags], value, attribute, passed };
      if (answer === 'pass') return { answer, found: undefined, ...common };
      if (answer === 'nothing') return { answer: 'results', found: '', type, tags: [] };
      const found = await context.evaluate('found', message);
      return {
        answer: 'results',
        found,
        ...common,
        category,
        comment: comment.render(message.payload, context.names(message)),
        ...(toIds === 'type' ? {} : { toIds: toIds === 'yes' }),
        relationship,
        templates: await templates?.(found),
      };
    }

    function late(message: Message): boolean {
      return tracker.verdictOf(message) !== undefined;
    }
  },
);
