import { Lane } from './lane';
import { MispLog } from './log';
import type { MispEvent } from './model';
import { publish, type Job, type Publication } from './publish';
import { sampleEvents } from './sample-events';
import type { ActionServiceSettings } from './service/action-service';
import type { ModuleServiceSettings } from './service/module-service';
import { CallCounter } from './calls';
import { Faults, type FaultSettings } from './faults';
import { Collections } from './store/collections';
import { Items } from './store/items';
import { tagsOf } from './store/tag-seed';
import type { TagStore } from './store/tags';
import type { MispUser } from './users';
import { ARGUMENT_TOO_LONG, runWorkflow, type Outcome, type Workflow } from './workflows';
import { triggerById } from '../../src/triggers/triggers';

export type ModuleServices = Partial<Record<'Enrichment' | 'Import' | 'Export', ModuleServiceSettings>>;

export interface StandInSettings {
  actionService: ActionServiceSettings;
  /** Its other services of modules. */
  moduleServices?: ModuleServices;
  /** The workflow of each trigger. */
  workflows?: Record<string, Workflow>;
  /** In the form of `events/view`; a few of its own unless told otherwise. */
  events?: MispEvent[];
  /** So many tags more than its own, `seed:tag-00001` and so on. */
  seedTags?: number;
  /** What goes wrong with REST calls, and how long they take. */
  faults?: FaultSettings;
  /** Give ids as JSON numbers, as a MISP whose database.php is older than 2.5. */
  numericIds?: boolean;
  /** REST calls that save something fire the triggers after a save, as MISP does. */
  firesTriggers?: boolean;
  /** MISP's version, `2.5.1` unless told otherwise; from 2.5.8 on it tags event reports. */
  version?: string;
}

const MOST_OUTCOMES = 1000;

/**
 * A stand-in for MISP: what of MISP 2.5.1 a workflow needs, with its behaviour as it was recorded, failures
 * included. Everything in it may be changed while it runs.
 */
export class StandIn {
  readonly events: Map<string, MispEvent>;
  /** By trigger. */
  readonly workflows: Record<string, Workflow>;
  readonly actionService: ActionServiceSettings;
  readonly moduleServices: ModuleServices;
  /** What came of the triggers, the latest last. */
  readonly outcomes: Outcome[] = [];
  readonly log = new MispLog();
  readonly jobs: Job[] = [];
  readonly tags: TagStore;
  readonly items: Items;
  readonly collections = new Collections();
  /** REST calls since the start, or the last reset. */
  readonly calls = new CallCounter();
  readonly faults: Faults;
  numericIds: boolean;
  firesTriggers: boolean;
  version: string;
  /** MISP's background worker. */
  readonly worker = new Lane();
  private readonly saving = new Lane();
  private runs = 0;

  constructor(settings: StandInSettings) {
    const { actionService, workflows = {}, events = sampleEvents(), seedTags = 0, faults } = settings;
    this.numericIds = settings.numericIds === true;
    this.firesTriggers = settings.firesTriggers === true;
    this.version = settings.version ?? '2.5.1';
    this.actionService = { ...actionService };
    this.moduleServices = { ...settings.moduleServices };
    this.workflows = { ...workflows };
    this.events = new Map(events.map((event) => [event.id, event]));
    this.items = new Items(this.events);
    this.tags = tagsOf(events);
    this.tags.seed(seedTags);
    this.faults = new Faults(faults);
  }

  /** Whether this version knows tags of event reports. */
  get tagsReports(): boolean {
    return this.version.localeCompare('2.5.8', 'en', { numeric: true }) >= 0;
  }

  /** The event with this id or uuid. */
  event(id: string): MispEvent | undefined {
    return this.items.event(id);
  }

  /**
   * Something happens in MISP: the trigger's workflow runs. The data is what MISP would send.
   * @throws if MISP has no such trigger
   */
  async fire(trigger: string, data: unknown): Promise<Outcome> {
    const run = () =>
      runWorkflow({
        trigger,
        workflow: this.workflows[trigger],
        workflowId: Object.keys(this.workflows).indexOf(trigger) + 1,
        data,
        service: this.actionService,
        inBackground: (work) => this.worker.run(work),
      });
    const stalls = triggerById(trigger)?.stallsSaving === true;
    const result = await (stalls ? this.saving.run(run) : run());
    this.runs += 1;
    const { id: eventId } = (data as { Event?: { id?: string } } | null)?.Event ?? {};
    const outcome = { id: this.runs, at: new Date().toISOString(), eventId, ...result };
    this.remember(outcome);
    return outcome;
  }

  /** `events/publish`; inline, that is not through the queue, unless told otherwise. */
  publish(id: string, options: { inline?: boolean; by?: MispUser } = {}): Promise<Publication> {
    return publish(this, id, options);
  }

  private remember(outcome: Outcome): void {
    this.outcomes.push(outcome);
    if (this.outcomes.length > MOST_OUTCOMES) this.outcomes.shift();
    const model_id = String(Object.keys(this.workflows).indexOf(outcome.trigger) + 1);
    for (const title of outcome.log) {
      this.log.write({ title, action: 'execute_workflow', model: 'Workflow', model_id });
    }
    const { failedOpen } = outcome;
    if (failedOpen === ARGUMENT_TOO_LONG) this.log.worker.push(`${outcome.trigger}: ${failedOpen}`);
    else if (failedOpen !== undefined && outcome.log.length === 0) {
      this.log.errors.push(`Failed to query module Action: ${failedOpen}`);
    }
  }
}
