import { checkPath } from '../../src/event/check-path';
import type { QueueLimits } from '../../src/queue/queue';
import { DEFAULT_HISTORY, type HistorySettings } from '../../src/history/settings';
import { words, WorkflowError } from '../../src/text';
import { defineNode } from '../adaptor';
import type { Config, Fields } from '../definition';
import { inShort } from '../node-status';
import { runtimeOf } from '../runtime';
import { isHistoryTaken, wishHistory } from './history-keeper';
import { queueOf } from './queue-keeper';

const MEGABYTE = 1024 * 1024;

const ON_DISK = { keep: 'disk' };
const WITH_DATA = { ...ON_DISK, data: true };

const FIELDS = {
  keep: { kind: 'select', default: 'disk', options: ['disk', 'memory', 'nothing'], describe: true },
  days: { kind: 'number', default: 90, min: 1, max: 3650, when: ON_DISK },
  runs: { kind: 'number', default: 100_000, min: 100, max: 10_000_000, when: ON_DISK },
  size: { kind: 'number', default: 512, min: 10, max: 100_000, unit: 'MB', when: ON_DISK },
  data: { kind: 'checkbox', default: false, when: ON_DISK },
  dataDays: { kind: 'number', default: 7, min: 1, max: 3650, when: WITH_DATA },
  dataSize: { kind: 'number', default: 512, min: 1, max: 100_000, unit: 'MB', when: WITH_DATA },
  requests: { kind: 'number', default: 100_000, min: 100, max: 10_000_000, advanced: true },
  requestsSize: { kind: 'number', default: 1024, min: 10, max: 100_000, unit: 'MB', advanced: true },
  requestsDays: { kind: 'number', default: 14, min: 1, max: 3650, advanced: true },
  attempts: { kind: 'number', default: 4, min: 1, max: 100, advanced: true },
  hidden: { kind: 'list', default: [], when: { keep: ['disk', 'memory'] } },
} as const satisfies Fields;

export default defineNode(
  {
    type: 'misp-store',
    family: 'config',
    modules: [],
    version: 1,
    inputs: 0,
    outputs: [],
    fields: FIELDS,
  },
  (context, node) => {
    const { RED, config } = context;
    if (isHistoryTaken(RED)) throw new WorkflowError('store.second');
    const queue = queueOf(RED);
    const [settings, limits] = [settingsOf(config), queueLimitsOf(config)];
    const giveBack = [wishHistory(RED, node.id, settings), queue.wish(node.id, limits)];
    const { history } = runtimeOf(RED);
    const onTrouble = () => {
      const problem = queue.trouble ?? history.trouble;
      if (problem === undefined) context.connection();
      else context.connection('failed', 'red', 'ring', { problem: inShort(words(problem)) });
    };
    history.on('trouble', onTrouble);
    queue.on('trouble', onTrouble);
    onTrouble();
    return {
      close() {
        history.off('trouble', onTrouble);
        queue.off('trouble', onTrouble);
        for (const giveOne of giveBack) giveOne();
      },
    };
  },
  /** What it says of the disk cannot be relied on: until it is mended nothing is written there. */
  ({ RED }, node) => {
    if (isHistoryTaken(RED)) return {};
    return { close: wishHistory(RED, node.id, { ...DEFAULT_HISTORY, keep: 'memory' }) };
  },
);

/** @throws {WorkflowError} if a hash path cannot be read */
function settingsOf(config: Config<typeof FIELDS>): HistorySettings {
  const { keep, runs, size, days, data, dataDays, dataSize } = config;
  const hidden = config.hidden.map((path) => path.trim()).filter((path) => path !== '');
  for (const path of hidden) {
    const problem = checkPath(path);
    if (problem) throw problem;
  }
  const inputs = data ? { bytes: Number(dataSize) * MEGABYTE, days: Number(dataDays) } : undefined;
  const limits = { runs: Number(runs), bytes: Number(size) * MEGABYTE, days: Number(days) };
  const numbers = [...Object.values(limits), ...Object.values(inputs ?? {})];
  if (!numbers.every((number) => number > 0)) throw new WorkflowError('store.noBound');
  return { keep, limits: { ...limits, ...(inputs ? { inputs } : {}) }, hidden };
}

function queueLimitsOf(config: Config<typeof FIELDS>): QueueLimits {
  const { requests, requestsSize, requestsDays, attempts } = config;
  const limits = {
    ...{ requests: Number(requests), bytes: Number(requestsSize) * MEGABYTE },
    ...{ days: Number(requestsDays), attempts: Number(attempts) },
  };
  if (!Object.values(limits).every((number) => number > 0)) throw new WorkflowError('store.noBound');
  return limits;
}
