import type { Node } from 'node-red';
import { choiceOf } from '../../src/adhoc/choice';
import { Ledgers } from '../../src/adhoc/ledger';
import { PARAMETER_TYPES, parametersOf, valuesFor } from '../../src/adhoc/parameters';
import type { EventRow, Report } from '../../src/adhoc/report';
import type { AdHocRun } from '../../src/adhoc/run';
import { isRecord } from '../../src/event/values';
import { FIELD_NAME } from '../../src/drawn/names';
import { isTest, type Message } from '../../src/runs/message';
import { saidBy, words, WorkflowError } from '../../src/text';
import { defineNode, type NodeContext, type Outputs } from '../adaptor';
import { serverOf, SERVER_FIELD } from '../actions/parts/define-misp-action';
import { folderOf } from '../folder';
import { runtimeOf } from '../runtime';
import { AdHocFlow } from './adhoc-flow';
import { Performer } from './adhoc-performer';
import type { Fields } from '../definition';

export default defineNode(
  {
    type: 'misp-adhoc-run',
    family: 'triggers',
    modules: [],
    version: 1,
    inputs: 1,
    outputs: ['event', 'report'],
    editorFile: true,
    button: true,
    fields: {
      ...SERVER_FIELD,
      description: { kind: 'area', default: '' },
      parameters: {
        kind: 'params',
        default: [],
        types: PARAMETER_TYPES,
        asks: true,
        pattern: FIELD_NAME,
        message: 'parameterName',
      },
      most: { kind: 'number', default: 1000, min: 1, max: 10_000 },
      concurrency: { kind: 'number', default: 1, min: 1, max: 10 },
      timeout: { kind: 'number', default: 60, min: 1, max: 3600, unit: 's' },
    },
  },
  (context, self) => {
    const { RED, node, config } = context;
    const runtime = runtimeOf(RED);
    const { client } = serverOf(context);
    const parameters = parametersOf(config.parameters);
    const [most, concurrency, timeout] = [config.most, config.concurrency, config.timeout].map(Number);
    if (!(most >= 1) || !(concurrency >= 1) || !(timeout > 0)) throw new WorkflowError('adHocRun.noBounds');
    const { history, flows } = runtime;
    const performer = new Performer(context, {
      client,
      server: config.server,
      timeoutMs: timeout * 1000,
    });
    const folder = folderOf(RED);
    const drawnAs = (self as Node & { _alias?: string })._alias ?? node.id;
    const gate = new Gate();
    const flow = new AdHocFlow({
      id: node.id,
      drawnAs,
      name: node.name ?? '',
      description: config.description,
      parameters,
      most,
      concurrency,
      client,
      performer,
      ...(folder === undefined ? {} : { ledgers: new Ledgers(folder, node.id) }),
      generateId: () => RED.util.generateId(),
      keep,
      acting: () => runtime.actingBehind(drawnAs),
      ready: () => gate.opened,
      changed: show,
      begun({ head, total }) {
        const user = head.by || context.text('log.nobody');
        const count = String(total);
        if (head.byMessage) node.log(context.text('log.byMessage', { count }));
        else node.log(context.text('log.byPerson', { user, count }));
      },
      // Who started it by a message gets it with that message.
      ended(report) {
        if (!report.dryRun && !report.byMessage) node.send([null, reportMessage(report)] as never);
      },
    });
    runtime.adHocFlows.set(node.id, flow);
    const interrupted = takeUp();
    // Whatever comes of it, the flow can be run.
    flow.loaded = interrupted.then(
      () => undefined,
      (error) => node.error(words(saidBy(error))),
    );

    const onStopping = () => {
      gate.close();
      flow.forgetPlan();
    };
    const onStarted = () => {
      performer.resume();
      gate.open();
      interrupted.then(tellInterrupted, () => undefined);
    };
    flows.on('stopping', onStopping);
    flows.on('started', onStarted);

    return {
      async input(message): Promise<Outputs> {
        const { payload } = message;
        const asked = isRecord(payload) ? payload : { events: payload };
        const { run, end } = await flow.start({
          by: '',
          byMessage: true,
          dryRun: asked.dryRun === true || isTest(message),
          choice: choiceOf(asked),
          values: valuesFor(parameters, asked.parameters),
        });
        await end;
        // Then it is told when the flows run again.
        if (run.state === 'interrupted') return [];
        return [undefined, reportMessage(run.report, message)];
      },
      async close() {
        flows.off('stopping', onStopping);
        flows.off('started', onStarted);
        gate.open();
        if (runtime.adHocFlows.get(node.id) === flow) runtime.adHocFlows.delete(node.id);
        await flow.close();
      },
    };

    function show(): void {
      const run = flow.latest;
      if (run) context.statusSoon(...statusOf(run));
    }

    function reportMessage(report: Report, message: Message = {}): Message {
      return { ...message, payload: report, topic: 'ad-hoc-report' };
    }

    /** What ran before. @returns what a stop of Node-RED, or a deploy, has torn off */
    async function takeUp(): Promise<Report[]> {
      const { ledgers } = flow.settings;
      if (!ledgers) return [];
      flow.past = await ledgers.reports();
      const torn = flow.past.filter(({ endedAt }) => endedAt === undefined);
      for (const report of torn) {
        report.endedAt = Date.now();
        await ledgers.close(report);
      }
      return torn;
    }

    /** It says what was done, by the same message as at an ordinary end; once. */
    function tellInterrupted(torn: Report[]): void {
      for (const report of torn.splice(0)) {
        const done = String(report.counts.done ?? 0);
        context.status('interrupted', 'yellow', 'ring', { done, total: String(report.events.length) });
        node.send([null, reportMessage(report)] as never);
      }
    }

    /** What is hidden in the history of the runs is hidden here as well, and where nothing is kept, no words are. */
    function keep(row: EventRow): EventRow {
      if (!history.isKept) return { ...row, info: '', org: '', lines: [] };
      const { info, date, uuid, id } = row;
      const without = history.without?.({ Event: { info, date, uuid, id } });
      const event = isRecord(without) && isRecord(without.Event) ? without.Event : row;
      return { ...row, info: typeof event.info === 'string' ? event.info : '' };
    }
  },
);

/** What waits here goes on when the flows run. */
class Gate {
  opened: Promise<void> = Promise.resolve();
  private pass = () => {};
  private isClosed = false;

  constructor() {
    this.close();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.opened = new Promise((resolve) => (this.pass = resolve));
  }

  open(): void {
    this.isClosed = false;
    this.pass();
  }
}

function statusOf(run: AdHocRun): Parameters<NodeContext<Fields>['status']> {
  const { counts, total, state, head } = run;
  const open = (counts.waiting ?? 0) + (counts.running ?? 0);
  const params = { done: String(total - open), total: String(total) };
  const bad = (counts.failed ?? 0) + (counts.unknown ?? 0);
  if (state === 'running') return [head.dryRun ? 'dryRunning' : 'running', 'blue', 'dot', params];
  if (state === 'finished' && bad > 0)
    return ['finishedBad', 'yellow', 'ring', { ...params, bad: String(bad) }];
  if (state === 'finished') return [head.dryRun ? 'dryFinished' : 'finished', 'green', 'dot', params];
  if (state === 'failed') return ['failedRun', 'red', 'ring', { ...params, problem: run.problem ?? '' }];
  return [state, 'yellow', 'ring', params];
}
