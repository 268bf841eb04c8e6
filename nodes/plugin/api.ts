import type { Contact } from '../../src/listener/contact';
import type { ModuleInfo } from '../../src/modules/list';
import type { PickerItem } from '../../src/misp/picker-item';
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
  'POST /triggers/:id/test': { body: { use: Use }; answer: TestRun };
  'POST /try/node': {
    body: { type: string; settings: Saved; triggers: string[]; event: string };
    answer: NodeAnswer;
  };
  'POST /try/path': { body: { path: string; selector?: string; triggers: string[] }; answer: PathAnswer };
  'POST /try/template': { body: { template: string; triggers: string[] }; answer: TemplateAnswer };
  'GET /pickers/:source': { query: { server: string; search: string }; answer: PickerAnswer };
  'GET /pickers/:source/chosen': { query: { server: string; value: string[] }; answer: PickerAnswer };
  'GET /modules': { query: { server: string }; answer: { modules: WorkflowModule[] } };
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
  'POST /servers/test': { body: Form<ServerInput> & { headers: unknown }; answer: TestResult };
  'POST /mail-servers/test': { body: Form<MailInput> & { to: string }; answer: TestResult };
  'POST /module-services/test': {
    body: Form<ModulesInput>;
    answer: TestResult & Partial<ServiceModules>;
  };
  'GET /module-services/:id/modules': { answer: ServiceModules };
  'GET /listeners/:id/contact': { answer: Contact };
  /** Names of modules whose flow is gone. */
  'GET /listeners/:id/gone': { answer: string[] };
  'DELETE /listeners/:id/gone/:name': { answer: string[] };
}

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
  kind: Use;
  outcome: 'allow' | 'block';
  cause: string;
  reason: string;
  /** Labels of the nodes that failed, each once. */
  failed: string[];
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
