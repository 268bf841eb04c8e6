import { blocksOf, graphOf, hasOthers, type MispGraph } from '../actions/misp-graph';
import type { SettingValue } from '../actions/set-up';
import { isSet } from '../event/flags';
import { checkAccount, type Account } from '../misp/account';
import { adHocNamed, listAdHoc } from '../misp/ad-hoc';
import type { MispClient } from '../misp/client';
import { readSetting, readWorkers, type Workers } from '../misp/server-settings';
import { workflowModules } from '../misp/workflow-modules';
import { viewTrigger, type TriggerView } from '../misp/workflows';
import type { Wish } from './wish';
import { saidBy, text, WorkflowError, type Said } from '../text';

/** The settings of MISP that matter, and what MISP takes for granted where nothing was set. */
export const SETTINGS = {
  'Plugin.Workflow_enable': false,
  'Plugin.Action_services_enable': false,
  'Plugin.Action_services_url': 'http://127.0.0.1',
  'Plugin.Action_services_port': 6666,
  'Plugin.Action_timeout': 10,
  'MISP.background_jobs': true,
  'MISP.host_org_id': '',
} as const satisfies Record<string, SettingValue>;
export type SettingName = keyof typeof SETTINGS;
const ENABLED = 'Plugin.Workflow_enable';

/** How a MISP is set up, for all of its triggers. */
export interface MispState {
  account: Account;
  settings: Record<SettingName, SettingValue>;
  workers: Workers | undefined;
  /** Modules by id, and whether each is on; undefined if MISP does not give them: it does while workflows are on. */
  modules: ReadonlyMap<string, { on: boolean }> | undefined;
  /** In words, why it does not although they are on: MISP shows no page of workflows. */
  pagesProblem: Said | undefined;
}

/** How one of its triggers is set up. */
export interface TriggerState {
  /** This MISP has the trigger. */
  exists: boolean;
  on: boolean;
  hasWorkflow: boolean;
  /** What is drawn; empty without a workflow. */
  graph: MispGraph;
  /** All of it is understood: only then may it be drawn anew. */
  isReadable: boolean;
  /** Of an ad hoc workflow: its name in MISP, or the one that it is to get. */
  adHoc?: string;
}

/** Reads how a MISP is set up: nothing in it is changed. Whoever is no site admin sees the account alone. */
export async function readState(client: MispClient, signal?: AbortSignal): Promise<MispState> {
  const account = await checkAccount(client);
  if (!account.siteAdmin) {
    return { account, settings: SETTINGS, workers: undefined, modules: undefined, pagesProblem: undefined };
  }
  const names = Object.keys(SETTINGS) as SettingName[];
  const own: Record<SettingName, SettingValue> = { ...SETTINGS };
  // One after the other: MISP loads all modules for each, and what runs wait for goes first.
  for (const name of names) own[name] = await settingOf(client, name, signal);
  const workers = await readWorkers(client, signal).catch(unlessOurs);
  const pages = isSet(own[ENABLED])
    ? await modulesOf(client, isSet(own['MISP.background_jobs']))
    : { modules: undefined, pagesProblem: undefined };
  return { account, settings: own, workers, ...pages };
}

async function settingOf(client: MispClient, name: SettingName, signal?: AbortSignal): Promise<SettingValue> {
  const value = await readSetting(client, name, signal);
  return value === undefined || value === '' ? SETTINGS[name] : value;
}

async function modulesOf(
  client: MispClient,
  hasJobs: boolean,
): Promise<Pick<MispState, 'modules' | 'pagesProblem'>> {
  try {
    const rows = await workflowModules(client);
    const modules = new Map(rows.map(({ id, disabled }) => [id, { on: !disabled }]));
    return { modules, pagesProblem: undefined };
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    const pagesProblem = hasJobs
      ? text('connect.noPages', { problem: saidBy(error) })
      : text('connect.noBackgroundJobs');
    return { modules: undefined, pagesProblem };
  }
}

/** What cannot be seen is not known; a fault of ours is told. */
function unlessOurs(error: unknown): undefined {
  if (!(error instanceof WorkflowError)) throw error;
}

/** Reads how a trigger is set up. */
async function readTrigger(
  client: MispClient,
  { trigger, module, adHoc }: Asked,
  signal?: AbortSignal,
): Promise<TriggerState> {
  if (adHoc) return readAdHoc(client, module, adHoc.name, signal);
  const view = await viewTrigger(client, trigger, signal);
  return { exists: view !== undefined, ...stateOf(view) };
}

/** What of a wish says which workflow is meant. */
export type Asked = Pick<Wish, 'trigger' | 'module' | 'adHoc'>;

function stateOf({ on = false, workflow }: Partial<TriggerView> = {}) {
  const { data } = workflow ?? {};
  return { on, hasWorkflow: workflow !== undefined, graph: graphOf(data), isReadable: !hasOthers(data) };
}

/** The ad hoc workflow that calls the module, whatever it is called; else the one of the name. */
async function readAdHoc(
  client: MispClient,
  module: string,
  name: string,
  signal?: AbortSignal,
): Promise<TriggerState> {
  const all = await listAdHoc(client, signal);
  const calling = (all ?? []).filter(({ workflow }) => blocksOf(graphOf(workflow.data), module).length > 0);
  const found =
    calling.find(({ workflow }) => workflow.name === name) ?? calling.at(0) ?? adHocNamed(all ?? [], name);
  return { exists: all !== undefined, ...stateOf(found), adHoc: found?.workflow.name ?? name };
}

/** A MISP and one of its triggers, as far as MISP shows it. */
export async function look(
  client: MispClient,
  asked: Asked,
  signal?: AbortSignal,
): Promise<{ misp: MispState; trigger: TriggerState }> {
  const misp = await readState(client, signal);
  return { misp, trigger: await readTriggerOf(misp, client, asked, signal) };
}

/** A trigger of a MISP that was looked at already, as far as MISP shows it. */
export async function readTriggerOf(
  { modules }: MispState,
  client: MispClient,
  asked: Asked,
  signal?: AbortSignal,
): Promise<TriggerState> {
  return modules === undefined ? notSeen(asked) : readTrigger(client, asked, signal);
}

/** Where MISP's workflows are off nothing is seen; an ad hoc one is made by its name all the same. */
function notSeen({ adHoc }: Asked): TriggerState {
  const named = adHoc === undefined ? {} : { adHoc: adHoc.name };
  return { exists: true, on: false, hasWorkflow: false, graph: {}, isReadable: true, ...named };
}
