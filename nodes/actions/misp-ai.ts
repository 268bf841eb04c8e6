import { aiAnswerOf } from '../../src/actions/ai-answer';
import { AI_USES, planAi, type AskAi } from '../../src/actions/ask-ai';
import type { OperationResult } from '../../src/actions/plan';
import { requireReports, withAttributes } from '../../src/actions/targets';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { carryOutOn } from '../../src/misp/carry-out';
import { setMisp, wholeOf } from '../../src/runs/message';
import { looksAtAttributes } from '../attributes-when';
import { runtimeOf } from '../runtime';
import { FILTER_FIELD, filterOf } from './parts/attribute-filter';
import { defineAction } from './parts/define-action';
import { refuseBeforeSave, SERVER_FIELD, serverOf } from './parts/define-misp-action';
import { rememberWrites } from './parts/remember-writes';

const SUMMARISE = {
  module: 'send-report-to-cti-info-extractor',
  when: { use: 'summarise-reports' },
  params: {},
  filter: 'filter',
} as const satisfies ModuleMapping;
const EXTRACT = {
  module: 'ai-extract-indicators',
  when: { use: 'extract-indicators' },
  params: {},
  filter: 'filter',
} as const satisfies ModuleMapping;

const DESCRIPTION = {
  type: 'misp-ai',
  modules: [SUMMARISE, EXTRACT],
  version: 1,
  /** Comments of attributes tell which reports indicators were taken from. */
  attributesWhen: { use: ['extract-indicators'], filter: 'path' },
  labelBy: 'use',
  writes: true,
  fields: {
    ...SERVER_FIELD,
    use: { kind: 'select', default: 'summarise-reports', options: AI_USES, describe: true },
    ...FILTER_FIELD,
    pause: { kind: 'number', default: 60, min: 1, max: 10080, unit: 'min' },
    most: {
      kind: 'number',
      default: 20,
      min: 1,
      max: 1000,
      when: { use: 'summarise-reports' },
      advanced: true,
    },
    wait: { kind: 'number', default: 300, min: 1, max: 3600, unit: 's', advanced: true },
  },
} as const;

export default defineAction(DESCRIPTION, (context) => {
  const { RED, config } = context;
  const { use } = config;
  const { client } = serverOf(context);
  const { tracker, askedAi } = runtimeOf(RED);
  const filters = filterOf(config.filter);
  const looks = looksAtAttributes(DESCRIPTION, config);
  const pauseMs = Number(config.pause) * 60_000;
  const bounds = { most: Number(config.most), wait: Number(config.wait) };
  const ask = carryOutOn(client);
  const keyOf = ({ event, items }: AskAi): string =>
    JSON.stringify([client.url, use, ...[event, ...items].map(({ id, uuid }) => uuid ?? id)]);

  return {
    plan(message) {
      if (tracker.runOf(message)) refuseBeforeSave(message);
      if (looks) message.payload = withAttributes(message.payload, wholeOf(message));
      if (use !== 'recommend-tags') requireReports(message.payload, wholeOf(message));
      return planAi(use, filters, message.payload, bounds);
    },
    /** What was asked lately is as it was. A question that MISP has refused may be asked again. */
    async carryOut(plan, control) {
      const fresh = plan.filter((operation) => askedAi.claim(keyOf(operation), pauseMs));
      const results = await ask(fresh, control);
      for (const { operation, failures = [] } of results)
        if (failures.length > 0 && !failures.some(({ problem }) => isUnknown(problem)))
          askedAi.release(keyOf(operation as AskAi));
      return plan.map(
        (operation): OperationResult =>
          results.find((result) => result.operation === operation) ?? { operation, state: 'unchanged' },
      );
    },
    begin: rememberWrites(RED, client),
    system: () => client.url,
    learn(message, operations) {
      setMisp(message, { ai: aiAnswerOf(use, operations.at(-1)?.answer) });
    },
  };
});

/** MISP may have asked nevertheless. */
function isUnknown(problem: NonNullable<OperationResult['failures']>[number]['problem']): boolean {
  return typeof problem === 'object' && problem.key === 'misp.unknownOutcome';
}
