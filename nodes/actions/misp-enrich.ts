import { told } from '../../src/actions/in-words';
import type { AddToEvent } from '../../src/actions/add-to-event';
import type { MispOperation, Plan } from '../../src/actions/plan';
import { attributesOf, eventOf, withAttributes, type Target } from '../../src/actions/targets';
import { keysOf } from '../../src/echo/things';
import { askedOf } from '../../src/audit/entry';
import type { MispAttribute } from '../../src/event/core';
import { textOf } from '../../src/event/values';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { carryOutOn } from '../../src/misp/carry-out';
import { reflect } from '../../src/misp/reflect';
import { askAll, attachAll, countsOf, type Answered, type Counts } from '../../src/modules/asker';
import { findingsOf } from '../../src/modules/findings';
import { chosenModules, questionsFor } from '../../src/modules/questions';
import { deadlineOf, mispOf, setMisp, wholeOf, type Message } from '../../src/runs/message';
import { words, WorkflowError } from '../../src/text';
import type { NodeContext } from '../adaptor';
import type { ModulesNode } from '../config/misp-modules';
import { configNode } from '../config-node';
import type { Fields } from '../definition';
import { auditOf } from '../kept-audit';
import { runtimeOf } from '../runtime';
import { closingController } from './parts/closing';
import { FILTER_FIELD, filterOf } from './parts/attribute-filter';
import { defineAction, type ActionFields } from './parts/define-action';
import { refuseBeforeSave, serverOf } from './parts/define-misp-action';
import { rememberWrites } from './parts/remember-writes';

const MODULES = { setting: 'enrichWith', form: 'listOrOne' } as const;
const ATTACH = {
  module: 'attach-enrichment',
  when: { action: 'attach' },
  params: { modules: MODULES },
  filter: 'filter',
} as const satisfies ModuleMapping;
const SAVE = {
  module: 'enrich-event',
  when: { action: ['save', 'misp'] },
  params: { modules: MODULES },
  filter: 'filter',
} as const satisfies ModuleMapping;

const FIELDS = {
  action: { kind: 'select', default: 'attach', options: ['attach', 'save', 'misp'], describe: true },
  service: {
    kind: 'config',
    type: 'misp-modules',
    required: true,
    when: { action: ['attach', 'save'] },
  },
  enrichWith: { kind: 'list', default: [], required: true },
  server: { kind: 'config', type: 'misp-server', required: true, when: { action: ['save', 'misp'] } },
  ...FILTER_FIELD,
  failures: {
    kind: 'select',
    default: 'goOn',
    options: ['goOn', 'error'],
    when: { action: ['attach', 'save'] },
    advanced: true,
  },
} as const satisfies Fields;

type Context = NodeContext<typeof FIELDS & ActionFields>;

/** What came of the questions of a message, until its result is told. */
interface Asked {
  answered: Answered[];
  counts: Counts & { notSaved: number };
}

export default defineAction<typeof FIELDS, MispOperation>(
  {
    type: 'misp-enrich',
    modules: [ATTACH, SAVE],
    version: 1,
    attributesWhen: true,
    labelBy: 'action',
    editorFile: true,
    // Attaching, what it mostly does, writes nothing; the others are refused before a save all the same.
    writes: false,
    fields: FIELDS,
  },
  (context) => {
    const { config, RED } = context;
    const closing = closingController();
    const client = config.action === 'attach' ? undefined : serverOf(context).client;
    const ask = config.action === 'misp' ? undefined : asking(context, closing.signal);
    const filters = filterOf(config.filter);
    const modules = config.enrichWith.map((name) => name.trim()).filter(Boolean);
    if (modules.length === 0) throw new WorkflowError('enrich.noModule');
    const { tracker } = runtimeOf(RED);
    const asked = new WeakMap<Message, Asked>();

    const planFor = async (message: Message): Promise<Plan<MispOperation>> => {
      const { event, ref } = eventOf(message.payload);
      const targets = attributesOf(filters, message.payload);
      if (!ask) {
        const items = targets.map(({ ref: item }) => item);
        return items.length > 0 ? [{ do: 'enrich-in-misp', event: ref, items, modules }] : [];
      }
      const answered = await ask(message, targets, textOf(event.id));
      attachAll(answered);
      const counts = { ...countsOf(answered), notSaved: 0 };
      asked.set(message, { answered, counts });
      tell(message, [], counts, false);
      refuseFailures(config.failures === 'error', answered, counts);
      if (config.action === 'attach') return [];
      return savingOf(ref, answered, counts);
    };

    return {
      async plan(message) {
        message.payload = withAttributes(message.payload, wholeOf(message));
        if (client && tracker.runOf(message)) refuseBeforeSave(message);
        return planFor(message);
      },
      carryOut: client ? carryOutOn(client) : () => Promise.resolve([]),
      ...(client ? { begin: rememberWrites(RED, client), system: () => client.url } : {}),
      learn(message, operations) {
        reflect(message.payload, operations, wholeOf(message));
        const { counts } = asked.get(message) ?? {};
        const { dryRun = false } = mispOf(message).result as { dryRun?: boolean };
        if (counts) tell(message, operations.map(told), counts, dryRun);
      },
      finish(message) {
        const { counts } = asked.get(message) ?? {};
        if (counts) show(context, counts);
        return [message];
      },
      close: () => closing.abort(),
    };
  },
);

type Tell = Parameters<typeof setMisp>[1]['result'];

function tell(
  message: Message,
  operations: NonNullable<Tell>['operations'],
  counts: Asked['counts'],
  dryRun: boolean,
): void {
  setMisp(message, { result: { dryRun, operations, enrichment: counts } });
}

/** Asks the service of the node. Attributes are of one event. */
function asking(context: Context, signal: AbortSignal) {
  const { config, RED } = context;
  const node = configNode<ModulesNode, 'service'>(RED, config.service, 'service', 'enrich.noService');
  const { service, known, kept, moduleSettings: settings } = node;
  return async (
    message: Message,
    targets: readonly Target<MispAttribute>[],
    eventId: string,
  ): Promise<Answered[]> => {
    const modules = chosenModules(config.enrichWith, await known.list());
    const attributes = targets.map(({ item }) => item);
    runtimeOf(RED).ownQuestions.note(attributes.flatMap(keysOf));
    const questions = questionsFor(attributes, modules, { eventId, settings, service: service.url });
    const progress = (done: number, total: number) => {
      if (done % 10 === 0)
        context.statusSoon('progress', 'blue', 'dot', { done: String(done), total: String(total) });
    };
    const answered = await askAll(service, kept, questions, {
      ...{ signal, progress },
      deadline: deadlineOf(message),
    });
    noteQuestions(context, message, service.url, answered);
    return answered;
  };
}

/** What left for the service: whom it was about, and how often. */
function noteQuestions(
  { RED, node }: Context,
  message: Message,
  url: string,
  answered: readonly Answered[],
): void {
  const asked = answered.filter(({ reply }) => reply.outcome !== 'notAsked');
  if (asked.length === 0) return;
  const failed = asked.filter(
    ({ reply }) => reply.outcome === 'failed' || reply.outcome === 'timedOut',
  ).length;
  const modules = new Set(asked.map(({ question }) => question.module.name));
  auditOf(RED).note(
    runtimeOf(RED).actorOf(node, message),
    askedOf({
      system: url,
      modules: [...modules],
      attributes: asked.map(({ question }) => textOf(question.attribute.uuid)),
      failed,
    }),
  );
}

/** One bad answer is none of the node's failures, unless its user says so; that nobody answers is. */
function refuseFailures(strict: boolean, answered: readonly Answered[], counts: Counts): void {
  const { failed, timedOut, notAsked, problems } = counts;
  const bad = failed + timedOut + notAsked;
  const [problem = ''] = problems;
  const isAway =
    answered.length > 0 && answered.every(({ reply }) => reply.silent || reply.outcome === 'notAsked');
  if (isAway) throw new WorkflowError('enrich.allFailed', { problem });
  if (strict && bad > 0)
    throw new WorkflowError('enrich.someFailed', { count: bad, total: answered.length, problem });
}

/** What is to be saved of the answers; what cannot be is counted. */
function savingOf(
  event: AddToEvent['event'],
  answered: readonly Answered[],
  counts: Asked['counts'],
): Plan<MispOperation> {
  const { attributes, objects, reports, tags, problems } = findingsOf(answered);
  counts.notSaved = problems.length;
  counts.problems.push(
    ...problems.slice(0, 10).map(({ item, problem }) => `${item ?? ''}: ${words(problem)}`),
  );
  const plan: Plan<MispOperation> = [];
  if (attributes.length + objects.length + reports.length > 0) {
    plan.push({ do: 'add-to-event', event, attributes, objects, reports });
  }
  if (tags.length > 0) {
    plan.push({ do: 'attach-tags', scope: 'event', event, items: [], tags, local: false, create: true });
  }
  return plan;
}

function show(
  context: Context,
  { result, nothing, failed, timedOut, notAsked, notSaved }: Asked['counts'],
): void {
  const bad = failed + timedOut + notAsked;
  const numbers = { result, nothing, notAsked, notSaved, bad };
  const params = Object.fromEntries(Object.entries(numbers).map(([name, count]) => [name, String(count)]));
  if (notAsked > 0) context.status('notAsked', 'yellow', 'ring', params);
  else if (bad > 0) context.status('partly', 'yellow', 'ring', params);
  else if (notSaved > 0) context.status('notSaved', 'yellow', 'ring', params);
  else context.status('asked', result > 0 ? 'green' : 'grey', 'dot', params);
}
