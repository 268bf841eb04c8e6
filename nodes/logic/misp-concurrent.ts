import { defineNode } from '../adaptor';
import { runtimeOf } from '../runtime';

export default defineNode(
  {
    type: 'misp-concurrent',
    family: 'logic',
    modules: [{ module: 'concurrent-task', params: {} }],
    version: 1,
    inputs: 1,
    outputs: ['concurrent'],
    fields: {},
  },
  ({ RED }) => {
    const { tracker } = runtimeOf(RED);
    return { input: (message) => [tracker.detach(message, RED.util.generateId())] };
  },
);
