import type { NodeAPI } from 'node-red';
import { checkPath } from '../../src/event/check-path';
import { DEFAULT_QUEUE, type QueueLimits } from '../../src/queue/queue';
import { DEFAULT_HISTORY, type HistorySettings } from '../../src/history/settings';
import { words, WorkflowError } from '../../src/text';
import { defineNode } from '../adaptor';
import type { Config, Fields } from '../definition';
import { inShort } from '../node-status';
import { runtimeOf } from '../runtime';
import { isHistoryTaken, wishHistory } from './history-keeper';
import { tlsOptions } from '../tls-options';
import { TLS_FIELDS } from '../web-fields';
import { queueOf, type RedisWish } from './queue-keeper';

const MEGABYTE = 1024 * 1024;

const STORED = { keep: ['disk', 'redis'] };
const WITH_DATA = { ...STORED, data: true };
/** Runs, or accepted requests, or both. */
const IN_REDIS: readonly Record<string, string>[] = [{ keep: 'redis' }, { place: 'redis' }];
const WITH_TLS: readonly Record<string, string | boolean>[] = IN_REDIS.map((one) => ({
  ...one,
  redisTls: true,
}));

const FIELDS = {
  keep: { kind: 'select', default: 'disk', options: ['disk', 'redis', 'memory', 'nothing'], describe: true },
  days: { kind: 'number', default: 90, min: 1, max: 3650, when: STORED },
  runs: { kind: 'number', default: 100_000, min: 100, max: 10_000_000, when: STORED },
  size: { kind: 'number', default: 512, min: 10, max: 100_000, unit: 'MB', when: STORED },
  data: { kind: 'checkbox', default: false, when: STORED },
  dataDays: { kind: 'number', default: 7, min: 1, max: 3650, when: WITH_DATA },
  dataSize: { kind: 'number', default: 512, min: 1, max: 100_000, unit: 'MB', when: WITH_DATA },
  place: { kind: 'select', default: 'disk', options: ['disk', 'redis'], describe: true },
  redisHost: { kind: 'text', default: '127.0.0.1', required: true, when: IN_REDIS },
  redisPort: { kind: 'number', default: 6379, min: 1, max: 65535, when: IN_REDIS },
  redisUser: { kind: 'secret', secret: 'text', when: IN_REDIS },
  redisPassword: { kind: 'secret', secret: 'password', when: IN_REDIS },
  redisTls: { kind: 'checkbox', default: false, when: IN_REDIS },
  verify: { ...TLS_FIELDS.verify, when: WITH_TLS },
  tls: { ...TLS_FIELDS.tls, when: WITH_TLS },
  prefix: {
    ...{ kind: 'text', default: 'misp-workflows', required: true, when: IN_REDIS, advanced: true },
    ...{ pattern: '^[A-Za-z0-9_.-]{1,64}$', message: 'prefix' },
  },
  deadAfter: { kind: 'number', default: 15, min: 2, max: 600, unit: 's', when: IN_REDIS, advanced: true },
  requests: { kind: 'number', default: 100_000, min: 100, max: 10_000_000, advanced: true },
  requestsSize: { kind: 'number', default: 1024, min: 10, max: 100_000, unit: 'MB', advanced: true },
  requestsDays: { kind: 'number', default: 14, min: 1, max: 3650, advanced: true },
  attempts: { kind: 'number', default: 4, min: 1, max: 100, advanced: true },
  hidden: { kind: 'list', default: [], when: { keep: ['disk', 'redis', 'memory'] } },
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
    const { RED, config, secrets } = context;
    if (isHistoryTaken(RED)) throw new WorkflowError('store.second');
    const queue = queueOf(RED);
    const [settings, limits] = [settingsOf(config), queueLimitsOf(config)];
    const { keep, place } = config;
    const redis = [keep, place].includes('redis') ? redisOf(RED, config, secrets) : undefined;
    const ofRequests = place === 'redis' ? redis : undefined;
    const giveBack = [
      wishHistory(RED, node.id, { settings, redis: keep === 'redis' ? redis : undefined }),
      queue.wish(node.id, { limits, redis: ofRequests }),
    ];
    const { history } = runtimeOf(RED);
    const onTrouble = () => {
      const problem = queue.trouble ?? history.trouble;
      const ofRuns = keep === 'redis' ? 'notRecorded' : 'failed';
      const key = queue.trouble === undefined ? ofRuns : ofRequests ? 'notKept' : 'failed';
      if (problem === undefined) context.connection();
      else context.connection(key, 'red', 'ring', { problem: inShort(words(problem)) });
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
  ({ RED, config }, node, problem) => {
    if (isHistoryTaken(RED)) return {};
    const giveBack = [wishHistory(RED, node.id, { settings: { ...DEFAULT_HISTORY, keep: 'memory' } })];
    // What is to be shared is not kept here alone.
    const lost = config.place === 'redis' ? problem : undefined;
    if (lost) giveBack.push(queueOf(RED).wish(node.id, { limits: DEFAULT_QUEUE, lost }));
    return {
      close() {
        for (const giveOne of giveBack) giveOne();
      },
    };
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

/** @throws {WorkflowError} if its TLS cannot be used */
function redisOf(
  RED: NodeAPI,
  config: Config<typeof FIELDS>,
  { redisUser = '', redisPassword = '' }: { redisUser?: string; redisPassword?: string },
): RedisWish {
  const { redisHost, redisPort, redisTls, verify, tls, prefix, deadAfter } = config;
  const settings = {
    ...{ host: redisHost.trim(), port: Number(redisPort), prefix },
    ...{ user: redisUser.trim(), password: redisPassword },
    ...(redisTls ? { tls: { verify, ...tlsOptions(RED, tls) } } : {}),
  };
  return { settings, deadAfterMs: Number(deadAfter) * 1000 };
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
