import { Lane } from './lane';
import { MispLog } from './log';
import type { MispEvent } from './model';
import { publish, type Job, type Publication } from './publish';
import { sampleEvents } from './sample-events';
import type { ActionServiceSettings } from './service/action-service';
import { ModuleService, type ModuleServiceSettings, type ServiceModule } from './service/module-service';
import { CallCounter } from './calls';
import { Faults, type FaultSettings } from './faults';
import { Collections } from './store/collections';
import { Items } from './store/items';
import { tagsOf } from './store/tag-seed';
import type { TagStore } from './store/tags';
import { actionServiceOf, moduleServicesOf, type ModuleServices } from './settings/services';
import { ServerSettings } from './settings/settings';
import type { MispUser } from './users';
import { isSince } from './version';
import { ARGUMENT_TOO_LONG, type Outcome } from './workflows/outcome';
import { runWorkflow } from './workflows/run';
import { inShortForm, type Workflow } from './workflows/short-form';
import { WorkflowStore, type WorkflowRow } from './workflows/store';
import own from './data/workflow-modules.json';
import { triggerById } from '../../src/triggers/triggers';

export interface StandInSettings {
  /**
   * MISP is set up with this Action service: workflows and the service are on. Without it MISP is as it was
   * installed: both are off, and no module is enabled.
   */
  actionService?: ActionServiceSettings;
  /** Settings of MISP by their names, whatever else is given here. */
  settings?: Record<string, unknown>;
  /** Its other services of modules. */
  moduleServices?: ModuleServices;
  /** The workflow of each trigger, in short. */
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
  /** False: without a galaxy of countries every page of workflows fails, until `galaxies/update`. */
  countryGalaxy?: boolean;
  /** `dead` ones do nothing; `unmanaged` ones work, but MISP has no supervisor to ask about them. */
  workers?: Workers;
}

export type Workers = 'alive' | 'dead' | 'unmanaged';

const MOST_OUTCOMES = 1000;

/**
 * A stand-in for MISP: what of MISP 2.5.1 a workflow needs, with its behaviour as it was recorded, failures
 * included. Everything in it may be changed while it runs.
 */
export class StandIn {
  readonly events: Map<string, MispEvent>;
  readonly settings: ServerSettings;
  readonly workflowStore: WorkflowStore;
  /** The workflows in short, by trigger. */
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
  countryGalaxy: boolean;
  /** Where its AI module is (2.5.47 and newer); without it MISP's AI is off. */
  aiService: ModuleServiceSettings | undefined;
  /** MISP's background worker. */
  readonly worker = new Lane();
  private readonly saving = new Lane();
  private runs = 0;
  private stateOfWorkers: Workers = 'alive';

  constructor(settings: StandInSettings) {
    const { actionService, workflows = {}, events = sampleEvents(), seedTags = 0, faults } = settings;
    this.numericIds = settings.numericIds === true;
    this.firesTriggers = settings.firesTriggers === true;
    this.version = settings.version ?? '2.5.1';
    this.countryGalaxy = settings.countryGalaxy !== false;
    this.workers = settings.workers ?? 'alive';
    this.settings = new ServerSettings({ 'MISP.host_org_id': 1 });
    this.workflowStore = new WorkflowStore(this.settings);
    this.workflows = inShortForm(this.workflowStore);
    this.actionService = actionServiceOf(this.settings, actionService);
    this.moduleServices = moduleServicesOf(this.settings, settings.moduleServices);
    if (actionService) this.setUp();
    for (const [name, value] of Object.entries(settings.settings ?? {})) this.settings.set(name, value);
    Object.assign(this.workflows, workflows);
    this.events = new Map(events.map((event) => [event.id, event]));
    this.items = new Items(this.events);
    this.tags = tagsOf(events);
    this.tags.seed(seedTags);
    this.faults = new Faults(faults);
  }

  /** Whether this version knows tags of event reports. */
  get tagsReports(): boolean {
    return isSince(this.version, '2.5.8');
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
    const run = () => runWorkflow(this, trigger, data);
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

  /** The modules that its Enrichment service lists; undefined if it has none, or it is away. */
  async enrichmentModules(): Promise<ServiceModule[] | undefined> {
    const { Enrichment } = this.moduleServices;
    return Enrichment && new ModuleService(Enrichment).listed();
  }

  /** Rows that a run of a workflow leaves in the log, and lines of `error.log`. */
  note({ id: model_id }: WorkflowRow, log: readonly string[], errors: readonly string[]): void {
    for (const title of log) {
      this.log.write({ title, action: 'execute_workflow', model: 'Workflow', model_id });
    }
    this.log.errors.push(...errors);
  }

  get workers(): Workers {
    return this.stateOfWorkers;
  }

  set workers(state: Workers) {
    this.stateOfWorkers = state;
    if (state === 'dead') this.worker.stop();
    else this.worker.goOn();
  }

  /** As whoever runs it has set it up before it is asked for anything. */
  private setUp(): void {
    this.settings.set('Plugin.Workflow_enable', true);
    for (const { id, disabled } of own) if (!disabled) this.workflowStore.switchModule(id, true);
  }

  private remember(outcome: Outcome): void {
    this.outcomes.push(outcome);
    if (this.outcomes.length > MOST_OUTCOMES) this.outcomes.shift();
    const row = this.workflowStore.byTrigger(outcome.trigger);
    if (row) this.note(row, outcome.log, outcome.errors);
    const { failedOpen } = outcome;
    if (failedOpen === ARGUMENT_TOO_LONG) this.log.worker.push(`${outcome.trigger}: ${failedOpen}`);
  }
}
