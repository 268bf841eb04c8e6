import type { Place } from '../../src/actions/misp-graph';
import type { ServiceDecision, ServiceName } from '../../src/connect/services-wish';
import type { Parameter } from '../../src/adhoc/parameters';
import type { Changed, Report } from '../../src/adhoc/report';
import type { Contact } from '../../src/listener/contact';
import type { TriggerCount } from '../../src/history/counters';
import type { RunRecord, RunRow } from '../../src/history/record';
import type { QueueOverview } from '../../src/queue/overview';
import type { KeptMessage } from '../../src/replay/kept-messages';
import type { ModuleInfo } from '../../src/modules/list';
import type { PickerItem } from '../../src/misp/picker-item';
import type { Way } from '../../src/runs/way';
import type { WorkflowEntry } from '../../src/misp/workflow-entry';
import type { WorkflowModule } from '../../src/misp/workflow-module';
import type { Saved } from '../definition';

/*
 * What the editor asks the runtime for, and what it gets: types alone, for both sides. Whatever the route, the answer
 * may be a `Problem` in its place.
 */

/** What is wrong, in words. */
export interface Problem {
  problem: string;
}

export interface Routes {
  'GET /triggers/:id': { answer: { receivedAt: number; contact: Contact } };
  'POST /triggers/:id/test': {
    body: { use: Use | 'event'; server?: string; event?: string };
    answer: TestRun;
  };
  'GET /runs': {
    /** `before`: only runs before this one. */
    query: { trigger: string; outcome: string; event: string; text: string; before: string };
    answer: RunList;
  };
  'GET /runs/:id': { answer: RunPage };
  /** A run is forgotten, or with `all` all are: in memory and on disk. */
  'DELETE /runs/:id': { answer: object };
  /** Accepted requests that wait, or were put aside. */
  'GET /accepted': { answer: AcceptedState };
  /** One that was put aside, or with `all` all of them: is started again, or deleted. */
  'POST /accepted/:id': { body: { do: 'restart' | 'forget' }; answer: { count: number } };
  /** What failed because the other side was away, and is tried again. */
  'GET /retries': { answer: RetriesState };
  /** One of it, or with `all` all of it, is not tried any more. */
  'DELETE /retries/:id': { answer: { count: number } };
  /** Through the flow as it is now: as a dry run, or the nodes act. MISP is not answered. */
  'POST /runs/:id/replay': { body: { acts: boolean }; answer: RunPage };
  /** The same with what was pasted, or with an event of a deployed MISP. */
  'POST /triggers/:id/replay': {
    body: { acts: boolean; text?: string; server?: string; event?: string };
    answer: RunPage;
  };
  /** What a run began with, and what is known of the data between its nodes. */
  'GET /runs/:id/data': { answer: { entry: boolean; between: Between[] } };
  /** `part`: `entry`, or the number of a place between nodes. */
  'GET /runs/:id/data/:part': { answer: { data: unknown } };
  /** The run as a file with a test. */
  'GET /runs/:id/test': { answer: { name: string; text: string } };
  /** Whether the data between nodes is kept. */
  'GET /recording': { answer: RecordingState };
  /** Keeps it for so many runs; with 0 not any more. */
  'POST /recording': { body: { runs: number }; answer: RecordingState };
  'POST /try/node': {
    body: { type: string; settings: Saved; triggers: string[]; event: string };
    answer: NodeAnswer;
  };
  'POST /try/path': { body: { path: string; selector?: string; triggers: string[] }; answer: PathAnswer };
  'POST /try/template': { body: { template: string; triggers: string[] }; answer: TemplateAnswer };
  /** What a MISP has: a deployed one, or with POST the one of a form. */
  'GET /pickers/:source': { query: OfDeployed<MispQuestions['/pickers/:source']>; answer: PickerAnswer };
  'POST /pickers/:source': { body: OfForm<MispQuestions['/pickers/:source']>; answer: PickerAnswer };
  'GET /pickers/:source/chosen': {
    query: OfDeployed<MispQuestions['/pickers/:source/chosen']>;
    answer: PickerAnswer;
  };
  'POST /pickers/:source/chosen': {
    body: OfForm<MispQuestions['/pickers/:source/chosen']>;
    answer: PickerAnswer;
  };
  'GET /modules': { query: OfDeployed<object>; answer: { modules: WorkflowModule[] } };
  'POST /modules': { body: OfForm<object>; answer: { modules: WorkflowModule[] } };
  /** Events of a deployed MISP, to run a test with. */
  'GET /events': { query: { server: string; search: string }; answer: PickerAnswer };
  'POST /servers/test': { body: ServerValues; answer: TestResult };
  /** Workflows and blueprints of a MISP. */
  'GET /workflows': { query: { server: string }; answer: { workflows: WorkflowEntry[] } };
  'GET /workflows/:kind/:id': { query: { server: string }; answer: { text: string } };
  /** What a workflow of MISP would be as a flow; `server` says whose modules it is checked against. */
  'POST /workflows/read': {
    body: { text: string; server: string; announced: string[] };
    answer: WorkflowPreview;
  };
  /** What nodes of a flow would be as a blueprint of MISP. */
  'POST /workflows/write': { body: BlueprintWish; answer: { text: string; notes: WorkflowNote[] } };
  'POST /workflows/save': { body: BlueprintWish & { server: string }; answer: { notes: WorkflowNote[] } };
  /** What would be done in a MISP so that it calls a trigger. */
  'POST /connect/plan': { body: ConnectQuestion; answer: ConnectPreview };
  /** Does it, if it is what was seen; else the plan as it is now. */
  'POST /connect/start': {
    body: ConnectQuestion & { seen: string[] };
    answer: { run: string } | (ConnectPreview & { changed: true });
  };
  'GET /connect/runs/:id': { answer: ConnectRun };
  'POST /connect/runs/:id/undo': { body: AdminOfMisp & { trigger: string }; answer: { run: string } };
  /** What was done in the form of a node, and can be taken back: also when Node-RED was started anew. */
  'GET /connect/kept': { query: { node: string }; answer: { kept: { at: number; url: string }[] } };
  /** MISPs that were set up to stop, at a trigger, whatever no flow has cleared. */
  'GET /connect/closed': { query: { trigger: string }; answer: { closed: ClosedMisp[] } };
  /** What would take back all that was done in this MISP. */
  'POST /connect/back': { body: ConnectQuestion; answer: BackPreview };
  'POST /connect/back/start': {
    body: ConnectQuestion & { seen: BackPreview };
    answer: { run: string } | (BackPreview & { changed: true });
  };
  /** How a MISP is set up for a trigger. */
  'POST /check': { body: ConnectQuestion; answer: { rows: CheckedRow[] } };
  'POST /check/mend': {
    /** `seen`: what the click was said to do; only that is done. */
    body: ConnectQuestion & { row: string; seen: string[] };
    answer: { rows: CheckedRow[]; failed?: string };
  };
  /** What the round trip of a MISP is proved by, and what that may set off. */
  'POST /proof/plan': { body: ProofQuestion; answer: ProofPreview };
  'POST /proof/start': {
    body: ProofQuestion & { seen: string[] };
    answer: { run: string } | (ProofPreview & { changed: true });
  };
  'GET /proof/runs/:id': { answer: ProofRun };
  'POST /mail-servers/test': { body: Form<MailInput> & { to: string }; answer: TestResult };
  'POST /module-services/test': {
    body: Form<ModulesInput>;
    answer: TestResult & Partial<ServiceModules>;
  };
  'GET /module-services/:id/modules': { answer: ServiceModules };
  /** The flows that people may run on events that they choose. */
  'GET /ad-hoc-runs/flows': { answer: { flows: AdHocEntry[] } };
  'GET /ad-hoc-runs/flows/:id': { answer: AdHocForm };
  /** Nothing is changed: the plan of each event. */
  'POST /ad-hoc-runs/flows/:id/dry-runs': {
    body: { events: string; search: object; parameters: object };
    answer: { run: string };
  };
  /** Carries out what a dry run has shown, without the events that are left out. */
  'POST /ad-hoc-runs/flows/:id/runs': { body: { of: string; leaveOut: string[] }; answer: { run: string } };
  /** `since`: the revision that is known; only rows that changed after it, and not all at once. */
  'GET /ad-hoc-runs/flows/:id/runs/:run': { query: { since: string }; answer: AdHocView };
  'POST /ad-hoc-runs/flows/:id/runs/:run/stop': { body: object; answer: object };
  'GET /listeners/:id/contact': { answer: Contact };
  /** Names of modules whose flow is gone. */
  'GET /listeners/:id/gone': { answer: string[] };
  'DELETE /listeners/:id/gone/:name': { answer: string[] };
}

/** What is asked of a MISP, besides which one. */
export interface MispQuestions {
  '/pickers/:source': { search: string };
  '/pickers/:source/chosen': { value: string[] };
  '/modules': object;
}
type OfDeployed<Question> = Question & { server: string };
type OfForm<Question> = Question & { form: ServerValues };

export type Route = keyof Routes;
export type Answer<R extends Route> = Routes[R]['answer'] | Problem;
export type BodyOf<R extends Route> = Routes[R] extends { body: infer B } ? B : object;
export type QueryOf<R extends Route> = Routes[R] extends { query: infer Q } ? Q : object;
type NamesIn<P extends string> = P extends `${string}:${infer N}/${infer Rest}`
  ? N | NamesIn<Rest>
  : P extends `${string}:${infer N}`
    ? N
    : never;
/** What stands for the names in the path of a route. */
export type ParamsOf<R extends Route> = Record<NamesIn<R>, string>;

export interface AdHocEntry {
  id: string;
  name: string;
  description: string;
}

/** What a flow asks of whoever runs it, and its runs. */
export interface AdHocForm extends AdHocEntry {
  parameters: Parameter[];
  most: number;
  /** Labels of nodes that act in a dry run as well. */
  acting: string[];
  latest: AdHocSummary | undefined;
  past: AdHocSummary[];
}

/** A run without its events. */
export type AdHocSummary = Omit<Report, 'events'>;

export interface AdHocView extends AdHocSummary, Changed {
  total: number;
  /** Its plan can be carried out. */
  usable: boolean;
}

/** A note about a workflow, in words. */
export interface WorkflowNote {
  level: 'error' | 'warning' | 'info';
  words: string;
}

/** A workflow of MISP as the flow that it would become. */
export interface WorkflowPreview {
  name: string;
  description: string;
  nodes: { id: string; type: string; [property: string]: unknown }[];
  notes: WorkflowNote[];
}

/** A MISP to be set up; it is deployed. */
export interface AdminOfMisp {
  server: string;
  /** A site admin's, in place of the one that is saved; it is used for this call alone. */
  key: string;
}

/** A trigger that is deployed, and the MISP that is to call it. */
export interface ConnectQuestion extends AdminOfMisp {
  trigger: string;
  /** As MISP's machine calls this one. */
  host: string;
  otherService?: 'in-front' | 'replace';
  place?: Place | 'leave';
  /** In place of a trigger: what a listener is to be for the MISP. */
  services?: {
    listener: string;
    wanted: ServiceName[];
    /** The workflow that a flow of the listener decides in, by which word. */
    gate?: { trigger: string; module: string; word: string };
  };
  /** What to do about other services that MISP asks already. */
  others?: Partial<Record<ServiceName, ServiceDecision>>;
}

/** A trigger that MISP is to ask for an event of a proof. */
export interface ProofQuestion extends AdminOfMisp {
  trigger: string;
  /** A dead Node-RED is played as well. */
  dead: boolean;
}

/** What is done for it and what that may set off, or why it cannot be done. */
export interface ProofPreview {
  effects: string[];
  hindrances: string[];
}

export interface ProofRun {
  rows: Omit<CheckedRow, 'mend'>[];
  isOver: boolean;
  /** A fault of ours. */
  failed?: string;
}

/** The plan in words. */
export interface ConnectPreview {
  steps: string[];
  questions: (
    | { ask: 'otherService'; address: string; service?: ServiceName; decisions?: ServiceDecision[] }
    | { ask: 'place'; places: Place[]; blocks: DrawnBlock[] }
  )[];
  hindrances: string[];
  notes: string[];
  /** MISP would go on when Node-RED is dead; the trigger could clear what may be published instead. */
  opens: boolean;
}

/** A MISP that goes on only with what a flow has cleared. */
export interface ClosedMisp {
  /** The id of its node. */
  server: string;
  url: string;
  tag: string;
}

/** The way back in words. */
export interface BackPreview {
  steps: string[];
  /** What of it stays as it is, and why. */
  notes: string[];
}

export interface DrawnBlock {
  id: string;
  module: string;
  name: string;
  x: number;
  y: number;
}

export interface ConnectRun {
  steps: { words: string; state: 'done' | 'unchanged' | 'failed' | 'left'; problem?: string }[];
  isOver: boolean;
  canUndo: boolean;
  /** A fault of ours. */
  failed?: string;
}

export interface CheckedRow {
  id: string;
  level: 'green' | 'yellow' | 'red';
  words: string;
  /** What a click would do. */
  mend: string[];
}

/** What is to become a blueprint. */
export interface BlueprintWish {
  nodes: unknown[];
  name: string;
  description: string;
}

/** The last request of a trigger, or a sample of what MISP sends for it. */
export type Use = 'received' | 'sample';

/** What came of a test run: what MISP would have been told. */
export interface TestRun {
  kind: Use | 'event';
  outcome: 'allow' | 'block';
  cause: string;
  reason: string;
  /** Labels of the nodes that failed, each once. */
  failed: string[];
  way: Way;
}

export interface RunList {
  /** The latest first. */
  rows: RunRow[];
  /** There are more that fit. */
  more: boolean;
  /** How many runs are known. */
  total: number;
  counts: TriggerCount[];
  /** What is wrong with what is kept on disk, and what was left out of it, in words. */
  trouble: string[];
}

export type AcceptedState = QueueOverview;

/** What is tried again. */
export interface RetriesState {
  /** The next first, as many as a list shows. */
  entries: RetryRow[];
  count: number;
  /** Why nothing is kept, in words. */
  trouble: string;
}

export interface RetryRow {
  id: string;
  node: string;
  flow: string;
  what: string;
  count: number;
  next: number;
  until: number;
  tries: number;
  /** Why it failed last, in words; empty for who may not see the data of events, which it may quote. */
  problem: string;
}

export interface RunPage {
  record: RunRecord;
  /** What it began with is at hand. */
  replayable: boolean;
}

/** Where the data of a message was kept. */
export type Between = Omit<KeptMessage, 'json'> & { kept: boolean };

export interface RecordingState {
  /** Of so many runs more. */
  runs: number;
  /** In milliseconds since 1970. */
  until: number;
}

interface Tried {
  source: Use;
  /** The trigger's id in MISP. */
  trigger: string;
}
/** Without a message to try it on. */
type OnNothing = Partial<Record<keyof Tried, undefined>>;

/** The message that something was tried on. */
export type TriedOn = Tried | { source: 'pasted'; trigger?: undefined };

/** What came of a trial; or what is wrong. */
export type NodeAnswer = (TriedOn & { outcome: string; found: string }) | Problem;
export type PathAnswer =
  | (Problem & { next?: string[] })
  | ((Tried | OnNothing) & { count: number; values: string[]; next: string[] });
export type TemplateAnswer =
  (Tried & { rendered: string }) | (OnNothing & { rendered?: undefined }) | Problem;

export interface PickerAnswer {
  items: PickerItem[];
  /** There are more than are shown. */
  more: boolean;
}

/** A form as it is, saved or not. */
export type Form<Input extends string> = Record<Input, string> & { id: string; verify: boolean };
export type ServerInput = 'url' | 'apiKey' | 'tls' | 'proxy' | 'headerSecret' | 'timeout' | 'answerLimit';
/** The form of a MISP as it is. */
export type ServerValues = Form<ServerInput> & { headers: unknown };
export type ModulesInput = 'url' | 'user' | 'password' | 'tls' | 'proxy' | 'timeout';
export type MailInput = 'host' | 'port' | 'security' | 'user' | 'password' | 'from' | 'tls' | 'timeout';

/** What the form shows of a test of a connection. */
export interface TestResult {
  state: 'ok' | 'warning' | 'error';
  message: string;
}

/** The modules of a service, and which of their settings are saved, as `<module>.<name>`. */
export interface ServiceModules {
  modules: ModuleInfo[];
  saved: string[];
}
