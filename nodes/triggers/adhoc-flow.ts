import { chosenEvents, type Choice, type Chosen } from '../../src/adhoc/choice';
import type { Ledgers } from '../../src/adhoc/ledger';
import type { Parameter, ParameterValues } from '../../src/adhoc/parameters';
import type { EventRow, Report, RunHead } from '../../src/adhoc/report';
import { AdHocRun, type Ledger } from '../../src/adhoc/run';
import type { MispClient } from '../../src/misp/client';
import { WorkflowError } from '../../src/text';
import type { Performer } from './adhoc-performer';

/** What is to be run, and who wants it. */
export interface Wish {
  by: string;
  byMessage: boolean;
  values: ParameterValues;
  choice: Choice;
  dryRun: boolean;
}

/** A dry run whose plan is to be carried out, without some of its events. */
export interface Go {
  by: string;
  of: string;
  leaveOut: readonly string[];
}

export interface FlowSettings {
  id: string;
  /** As in the flow file; the same for all instances of a subflow. */
  drawnAs: string;
  name: string;
  description: string;
  parameters: readonly Parameter[];
  most: number;
  concurrency: number;
  client: MispClient;
  performer: Performer;
  /** Without it nothing outlasts the process. */
  ledgers?: Ledgers;
  generateId: () => string;
  /** What of an event's row may be kept on disk. */
  keep: (row: EventRow) => EventRow;
  /** Labels of nodes that act in a dry run as well. */
  acting: () => string[];
  ready: () => Promise<void>;
  changed: () => void;
  begun: (run: AdHocRun) => void;
  ended: (report: Report) => void;
}

/** So many reports are at hand. */
const MOST_PAST = 20;

/** The runs of one node: one at a time. */
export class AdHocFlow {
  /** The latest one, under way or over. */
  latest: AdHocRun | undefined;
  /** Runs before this start of Node-RED or of the flow, and those after it, the latest first. */
  past: Report[] = [];
  /** Kept when it is known what ran before. */
  loaded: Promise<void> = Promise.resolve();
  private isStarting = false;
  /** A dry run that nothing has changed since. */
  private planned: AdHocRun | undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(readonly settings: FlowSettings) {}

  /** Starts a run on what was chosen. @returns it, and a promise of its end */
  async start(wish: Wish): Promise<{ run: AdHocRun; end: Promise<void> }> {
    return this.alone(async () => {
      const { client, most, performer } = this.settings;
      const chosen = await chosenEvents(client, wish.choice, most, performer.signal);
      if (chosen.events.length + chosen.missing.length === 0)
        throw new WorkflowError('adHocRun.nothingFound');
      const { by, byMessage, dryRun, values } = wish;
      return this.begin(this.headOf({ by, byMessage, dryRun, parameters: values }), chosen);
    });
  }

  /** Carries out what a dry run has shown, once. */
  async go({ by, of, leaveOut }: Go): Promise<{ run: AdHocRun; end: Promise<void> }> {
    return this.alone(() => {
      const dry = this.planned;
      if (!dry || dry.head.run !== of || !this.isUsable(of)) throw new WorkflowError('adHocRun.stale');
      const left = new Set(leaveOut);
      const { events: rows, parameters } = dry.report;
      const events = rows
        .filter(({ state, uuid, id }) => state === 'planned' && !left.has(uuid || id))
        .map(({ id, uuid, info, date, org }) => ({ id, uuid, info, date, org }));
      if (events.length === 0) throw new WorkflowError('adHocRun.nothingPlanned');
      const head = this.headOf({ by, byMessage: false, dryRun: false, of, parameters });
      return this.begin(head, { events, missing: [] });
    });
  }

  /** Whether the plan of a dry run can be carried out. */
  isUsable(run: string): boolean {
    return this.planned?.head.run === run && this.planned.state !== 'running';
  }

  /** @throws {WorkflowError} if it is not under way */
  stop(run: string): void {
    if (this.latest?.head.run !== run || this.latest.state !== 'running')
      throw new WorkflowError('adHocRun.notRunning');
    this.latest.stop();
  }

  /** The flow may be another one now: what a dry run has shown says nothing of it. */
  forgetPlan(): void {
    this.planned = undefined;
  }

  get isRunning(): boolean {
    return this.isStarting || this.latest?.state === 'running';
  }

  /** Kept when nothing is written any more. */
  async close(): Promise<void> {
    this.latest?.interrupt();
    this.settings.performer.close();
    await this.ended;
  }

  private headOf(of: Omit<RunHead, 'run' | 'at'>): RunHead {
    return { run: this.settings.generateId(), at: Date.now(), ...of };
  }

  private async alone<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.isRunning) throw new WorkflowError('adHocRun.busy');
    this.isStarting = true;
    try {
      await this.loaded;
      return await work();
    } finally {
      this.isStarting = false;
    }
  }

  private async begin(head: RunHead, chosen: Chosen): Promise<{ run: AdHocRun; end: Promise<void> }> {
    const { concurrency, performer, ready, changed, ended } = this.settings;
    const ledger = head.dryRun ? undefined : await this.ledgerFor(head, chosen);
    performer.signal.throwIfAborted();
    this.planned = undefined;
    const run = new AdHocRun(head, chosen, {
      concurrency,
      perform: (event) => performer.perform(event, head),
      ready,
      changed,
      ledger,
    });
    this.latest = run;
    if (head.dryRun) this.planned = run;
    this.settings.begun(run);
    const end = run.run().then(() => {
      if (!head.dryRun) this.past = [run.report, ...this.past].slice(0, MOST_PAST);
      if (run.state !== 'interrupted') ended(run.report);
    });
    this.ended = end;
    return { run, end };
  }

  private async ledgerFor(head: RunHead, { events, missing }: Chosen): Promise<Ledger | undefined> {
    const { ledgers, keep } = this.settings;
    if (!ledgers) return undefined;
    const rows = [
      ...events.map((event): EventRow => keep({ ...event, state: 'waiting', lines: [] })),
      ...missing.map((key): EventRow => ({
        ...{ id: key, uuid: '', info: '', date: '', org: '' },
        ...{ state: 'missing', lines: [] },
      })),
    ];
    const ledger = await ledgers.begin({ head, events: rows });
    return {
      begun: (index) => ledger.begun(index),
      ended: (index, result) => {
        if (result === 'waiting') return ledger.ended(index, result);
        const { lines } = keep({ ...rows[index], ...result });
        return ledger.ended(index, { ...result, lines });
      },
      over: (...last) => ledger.over(...last),
      leave: () => ledger.leave(),
    };
  }
}
