import { WorkflowError } from '../../src/text';
import type { Message } from '../../src/runs/message';
import { defineNode, type Outputs } from '../adaptor';
import { runtimeOf } from '../runtime';

export default defineNode(
  {
    type: 'misp-delay',
    family: 'logic',
    modules: [],
    version: 1,
    inputs: 1,
    outputs: ['delayed'],
    harmless: true,
    fields: { delay: { kind: 'number', default: 1, min: 0, max: 86400, unit: 's' } },
  },
  ({ RED, config }) => {
    const { tracker } = runtimeOf(RED);
    const waiting = new Map<NodeJS.Timeout, () => void>();
    const milliseconds = Number(config.delay) * 1000;

    return {
      input(message: Message): Promise<Outputs | void> {
        const waiter = tracker.runOf(message)?.waiting;
        const left = waiter ? waiter.settings.deadline - Date.now() : Infinity;
        if (milliseconds >= left) {
          const seconds = Math.max(0, Math.round(left / 100) / 10);
          throw new WorkflowError('delay.beyondDeadline', { delay: config.delay, left: seconds });
        }
        return new Promise((resolve) => {
          const timer = setTimeout(() => {
            waiting.delete(timer);
            resolve([message]);
          }, milliseconds);
          waiting.set(timer, resolve);
        });
      },
      close() {
        for (const [timer, end] of waiting) {
          clearTimeout(timer);
          end();
        }
        waiting.clear();
      },
    };
  },
);
