import { setImmediate as journalHandedOver, setTimeout as after } from 'node:timers/promises';
import type { ChosenEvent, EventResult, RunHead } from '../../src/adhoc/report';
import { RunLog } from '../../src/history/run-log';
import { toCoreFormat } from '../../src/event/to-core';
import type { MispRequest } from '../../src/listener/request';
import type { MispClient } from '../../src/misp/client';
import { AD_HOC } from '../../src/misp/ad-hoc';
import { getEvent } from '../../src/misp/events';
import type { NodeContext } from '../adaptor';
import type { Fields } from '../definition';
import { runtimeOf } from '../runtime';
import { resultOf } from './adhoc-told';
import { TriggerRuns } from './trigger-runs';

/** Of the events that are under way, what their journals say. */
const LOG = { runs: 100, bytes: 8 * 1024 * 1024, steps: 100 };

export interface PerformerSettings {
  client: MispClient;
  server: string;
  timeoutMs: number;
}

/** Sends events through the flow, each as a run of its own, and tells what came of each. */
export class Performer {
  private readonly log = new RunLog(undefined, LOG);
  private readonly detach: () => void;
  private readonly closing = new AbortController();
  private readonly runs: TriggerRuns;

  constructor(
    private readonly context: NodeContext<Fields>,
    private readonly settings: PerformerSettings,
  ) {
    const { RED, node } = context;
    const { tracker, journal, history } = runtimeOf(RED);
    this.detach = journal.attach(this.log.sink);
    this.runs = new TriggerRuns({
      node,
      tracker,
      journal,
      generateId: () => RED.util.generateId(),
      settings: { module: '', goOn: 'ended', onError: 'block', onDeadline: 'block' },
      messageOf: ({ data, params }: MispRequest, of) => {
        const misp = { ...of, trigger: AD_HOC, module: '', server: settings.server, blocking: false, params };
        return { _msgid: RED.util.generateId(), topic: AD_HOC, payload: data, misp };
      },
      watch: (run, data) => {
        history.watch(run, data, false);
        const hide = history.hideOf(run);
        if (hide) this.log.hide(run, hide);
      },
      failed: (error) => context.explain(error),
      report: () => undefined,
      dropped: () => undefined,
    });
  }

  /** What is being loaded or searched for the flow is given up when it goes away. */
  get signal(): AbortSignal {
    return this.closing.signal;
  }

  /** @throws what keeps the event from the flow */
  async perform(
    { uuid, id }: ChosenEvent,
    { dryRun, parameters }: Pick<RunHead, 'dryRun' | 'parameters'>,
  ): Promise<EventResult> {
    const { client, timeoutMs } = this.settings;
    const data = toCoreFormat(await getEvent(client, uuid || id, this.signal));
    this.signal.throwIfAborted();
    const request = { module: '', data, params: { ...parameters } };
    const { run, quiet, ...verdict } = await this.runs.rehearse(request, timeoutMs, { acts: !dryRun });
    // Other branches may still be at work: the next event waits for them, and the report has what they did.
    const patience = new AbortController();
    await Promise.race([
      quiet,
      after(timeoutMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    await journalHandedOver();
    await journalHandedOver();
    const { RED, text } = this.context;
    const result = resultOf(RED, text, verdict, this.log.get(run), dryRun);
    this.log.forget(run);
    return { ...result, run };
  }

  resume(): void {
    this.runs.resume();
  }

  close(): void {
    this.closing.abort();
    this.runs.close();
    this.detach();
  }
}
