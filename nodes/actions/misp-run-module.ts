import { isRecord } from '../../src/event/values';
import { carryOutOn } from '../../src/misp/carry-out';
import { paramsFrom } from '../../src/misp/module-params';
import type { ModuleAnswer } from '../../src/misp/workflow-modules';
import { WorkflowError } from '../../src/text';
import { runtimeOf } from '../runtime';
import { defineAction } from './parts/define-action';
import { refuseBeforeSave, SERVER_FIELD, serverOf } from './parts/define-misp-action';

export default defineAction(
  {
    type: 'misp-run-module',
    modules: [],
    version: 1,
    labelBy: 'onFailure',
    editorFile: true,
    outputs: ['then', 'else'],
    writes: true,
    fields: {
      ...SERVER_FIELD,
      module: { kind: 'text', default: '', required: true },
      params: { kind: 'keyvalue', default: [] },
      noFails: { kind: 'checkbox', default: false, advanced: true },
      more: { kind: 'typed', default: '{}', types: ['json', 'msg', 'jsonata'], advanced: true },
    },
  },
  (context) => {
    const { config, RED } = context;
    const { client } = serverOf(context);
    const module = config.module.trim();
    if (!module) throw new WorkflowError('runModule.noModule');
    const { tracker } = runtimeOf(RED);

    return {
      async plan(message) {
        if (tracker.runOf(message)) refuseBeforeSave(message);
        const more = await context.evaluate('more', message);
        const params = { ...paramsFrom(config.params), ...(isRecord(more) ? more : {}) };
        return [{ do: 'run-module', module, params, data: message.payload }];
      },
      carryOut: carryOutOn(client),
      finish(message, { dryRun, operations: [{ answer }] }) {
        if (dryRun || (answer as ModuleAnswer).success) return [message, undefined];
        if (config.noFails) throw new WorkflowError('runModule.no', { module });
        return [undefined, message];
      },
      failed: (message) => [undefined, message],
    };
  },
);
