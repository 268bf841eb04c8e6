import { blocksOf, isBare, type MispGraph } from '../actions/misp-graph';
import type { SetUpOperation } from '../actions/set-up';
import { isSet } from '../event/flags';
import { integerOf, isRecord, textOf } from '../event/values';
import type { Account } from '../misp/account';
import { paramsIn } from '../misp/ad-hoc';
import { versionNotes } from '../misp/versions';
import { triggerById } from '../triggers/triggers';
import { text, type Said } from '../text';
import { runsOnAll } from './ad-hoc';
import { closingTag, FAIL_CLOSED_MODULES } from './fail-closed';
import { gateIn } from './gate-shape';
import { reachable } from './graph-ways';
import { planFor } from './plan';
import type { Family } from './services-wish';
import { triggerBlock } from './splice';
import type { MispState, TriggerState } from './state';
import { canFailClosed, readAddress, withoutLogin, type Wish } from './wish';

/** `red`: the gate does not work. `yellow`: it works, and one should know. */
export type Level = 'green' | 'yellow' | 'red';

/** One thing that was looked at. */
export interface Row {
  /** What it is about. */
  id: RowId;
  level: Level;
  said: Said;
  /** What mends it, if it can be mended over REST. */
  mend?: SetUpOperation[];
}

export type RowId =
  | 'account'
  | 'version'
  | 'workflows'
  | 'pages'
  | 'service'
  | 'credentials'
  | 'reached'
  | 'module'
  | 'trigger'
  | 'workflow'
  | 'closed'
  | 'closedModules'
  | 'gateOthers'
  | 'parameters'
  | 'timeout'
  | 'jobs'
  | 'workers'
  | 'hostOrg'
  | 'clearKey'
  | 'hover'
  | 'debug'
  | `${'service' | 'credentials' | 'timeout'}.${Family}`
  | `module.${Family}.${string}`;

/** What a trigger is held against. */
export interface CheckWish extends Wish {
  /** Whose key sets the tag that clears; undefined if nothing is cleared, or it is not known. */
  clearer?: Account;
  /** The modules that flows of the same listener are for MISP's Enrichment service. */
  enrichments?: readonly string[];
}

/** Everything that keeps a trigger from doing what its flow promises, the worst first. */
export function checkRows(misp: MispState, trigger: TriggerState, wish: CheckWish): Row[] {
  const rows = [accountRow(misp), ...versionRows(misp, wish)];
  if (misp.account.siteAdmin) {
    rows.push(...serverRows(misp, wish));
    if (misp.modules === undefined && misp.pagesProblem === undefined) return worstFirst(rows);
    if (misp.pagesProblem !== undefined) rows.push(red('pages', misp.pagesProblem));
    else rows.push(...triggerRows(misp, trigger, wish));
  }
  return worstFirst(rows);
}

export function worstFirst(rows: readonly Row[]): Row[] {
  const order: Level[] = ['red', 'yellow', 'green'];
  return rows.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

/** The worst of all rows. */
export function worstOf(rows: readonly Row[]): Level {
  const levels = rows.map(({ level }) => level);
  return levels.includes('red') ? 'red' : levels.includes('yellow') ? 'yellow' : 'green';
}

const row = (level: Level, id: RowId, said: Said, mend: SetUpOperation[] = []): Row => ({
  ...{ id, level, said },
  ...(mend.length > 0 ? { mend } : {}),
});
export const green = (id: RowId, said: Said) => row('green', id, said);
export const yellow = (id: RowId, said: Said, mend?: SetUpOperation[]) => row('yellow', id, said, mend);
export const red = (id: RowId, said: Said, mend?: SetUpOperation[]) => row('red', id, said, mend);

export function accountRow({ account }: Pick<MispState, 'account'>): Row {
  const { email, version } = account;
  if (!account.siteAdmin) return yellow('account', text('check.noSiteAdmin', { email }));
  if (account.readOnlyKey) return yellow('account', text('check.readOnlyKey', { email }));
  return green('account', text('check.account', { email, version }));
}

function versionRows({ account }: MispState, { trigger }: Wish): Row[] {
  return versionNotes(account.version, trigger).map(({ level, said }) => row(level, 'version', said));
}

/** What concerns every trigger of this MISP. */
function serverRows(misp: MispState, wish: CheckWish): Row[] {
  const { settings, workers } = misp;
  const { clearTag, clearer, localTags = [] } = wish;
  const rows: Row[] = [];
  const isOn = isSet(settings['Plugin.Workflow_enable']);
  rows.push(
    isOn
      ? green('workflows', text('check.workflows'))
      : red('workflows', text('check.noWorkflows'), settingsOf(misp, wish, /Workflow_enable/)),
    ...serviceRows(misp, wish),
  );
  if (!isSet(settings['MISP.background_jobs'])) {
    if (misp.pagesProblem === undefined) rows.push(yellow('jobs', text('connect.noBackgroundJobs')));
  } else if (workers?.known) {
    const queues = workers.dead.join(', ');
    rows.push(
      queues === ''
        ? green('workers', text('check.workers'))
        : red('workers', text('connect.deadWorkers', { queues })),
    );
  } else rows.push(yellow('workers', text('check.workersUnknown')));
  const host = textOf(settings['MISP.host_org_id']);
  const hasHost = host !== '' && host !== '0';
  if (!hasHost && clearTag) rows.push(red('hostOrg', text('connect.noHostOrg')));
  else if (!hasHost && localTags.length > 0)
    rows.push(yellow('hostOrg', text('check.noHostOrg', { nodes: namesIn(localTags) })));
  if (clearTag && clearer && (clearer.readOnlyKey || !clearer.writes)) {
    rows.push(red('clearKey', text('check.clearKey', { email: clearer.email, tag: clearTag })));
  }
  return rows;
}

/** More of them are counted only. */
const MOST_NAMES = 5;
const MOST_CHARACTERS = 60;

function namesIn(names: readonly string[]): string {
  const some = names.slice(0, MOST_NAMES).map((name) => name.slice(0, MOST_CHARACTERS));
  return [...some, ...(names.length > MOST_NAMES ? [`+${names.length - MOST_NAMES}`] : [])].join(', ');
}

function serviceRows(misp: MispState, wish: CheckWish): Row[] {
  const { settings } = misp;
  const { service, deadlineMs } = wish;
  const url = String(settings['Plugin.Action_services_url']);
  const port = integerOf(settings['Plugin.Action_services_port']);
  const known = readAddress(url, port);
  const address = `${withoutLogin(url)}:${port}`;
  const wanted = `${service.protocol}://${service.host}:${service.port}`;
  const mend = settingsOf(misp, wish, /Action_services/);
  const rows: Row[] = [];
  const isHere =
    known?.host === service.host && known.port === service.port && known.protocol === service.protocol;
  if (!isSet(settings['Plugin.Action_services_enable']))
    rows.push(red('service', text('check.serviceOff'), mend));
  else if (!isHere) rows.push(yellow('service', text('check.serviceElsewhere', { address, wanted }), mend));
  else rows.push(green('service', text('check.service', { address })));
  const isLetIn = known && known.user === (service.user ?? '') && known.password === (service.password ?? '');
  if (isHere && !isLetIn) rows.push(red('credentials', text('check.credentials'), mend));
  const seconds = integerOf(settings['Plugin.Action_timeout']);
  if (seconds * 1000 <= deadlineMs) {
    const params = { seconds, deadline: deadlineMs / 1000 };
    rows.push(red('timeout', text('check.timeout', params), settingsOf(misp, wish, /Action_timeout/)));
  } else rows.push(green('timeout', text('check.timeoutFits', { seconds })));
  return rows;
}

/** What would set the settings right. Whoever decided for another service has to decide again, in the dialog. */
function settingsOf(misp: MispState, wish: Wish, names: RegExp): SetUpOperation[] {
  const bare = { exists: true, on: true, hasWorkflow: true, graph: {}, isReadable: true };
  return planFor(misp, bare, { ...wish, place: 'leave' }).steps.filter(
    (step) => step.do === 'set-setting' && names.test(step.name),
  );
}

function triggerRows(misp: MispState, state: TriggerState, wish: CheckWish): Row[] {
  const { module, trigger } = wish;
  const { modules } = misp;
  if (!state.exists)
    return [red('trigger', text('connect.noTrigger', { trigger, version: misp.account.version }))];
  const found = modules?.get(module);
  const rows: Row[] = [];
  rows.push(
    found
      ? green('reached', text('check.reached', { module }))
      : red('reached', text('connect.notReached', { module })),
  );
  if (found && !found.on) rows.push(red('module', text('check.moduleOff', { module }), [switchOn(module)]));
  else if (found) rows.push(green('module', text('check.moduleOn', { module })));
  const { adHoc } = state;
  const named = adHoc === undefined ? {} : { adHoc };
  const on: SetUpOperation = { do: 'switch-module', module: trigger, on: true, isTrigger: true, ...named };
  const name = adHoc ?? trigger;
  rows.push(
    state.on
      ? green('trigger', text('check.triggerOn', { trigger: name }))
      : red('trigger', text('check.triggerOff', { trigger: name }), state.hasWorkflow || !adHoc ? [on] : []),
  );
  return [...rows, ...workflowRows(misp, state, wish)];
}

function switchOn(module: string): SetUpOperation {
  return { do: 'switch-module', module, on: true, isTrigger: false };
}

function workflowRows(misp: MispState, state: TriggerState, wish: CheckWish): Row[] {
  const { module } = wish;
  const { graph, hasWorkflow, adHoc } = state;
  const trigger = adHoc ?? wish.trigger;
  const reached = reachable(graph);
  if (!blocksOf(graph, module).some((id) => reached.has(id))) {
    const mend = planFor(misp, state, wish).steps;
    const isEmpty = !hasWorkflow || isBare(graph);
    return [
      red('workflow', text(isEmpty ? 'check.noWorkflow' : 'check.notInWorkflow', { trigger, module }), mend),
    ];
  }
  return [
    green('workflow', text('check.workflow', { trigger, module })),
    ...closedRows(misp, state, wish),
    ...parameterRows(state, wish),
    ...adHocRows(misp, state, wish),
  ];
}

/** Without parameters that MISP can use no run of an ad hoc workflow works, and perhaps not even MISP's list of them. */
function adHocRows(misp: MispState, state: TriggerState, wish: CheckWish): Row[] {
  const { adHoc: name = '', graph } = state;
  if (!wish.adHoc) return [];
  const params = paramsIn(graph);
  if (!params)
    return [red('parameters', text('check.adHocParams', { name }), planFor(misp, state, wish).steps)];
  if (runsOnAll(params)) return [yellow('parameters', text('adHoc.onAll', { name }))];
  return [green('parameters', text('check.adHocScope', { name, scope: params.scope }))];
}

/** Whether MISP stops when nobody answers, and whether flow and drawing agree about it. */
function closedRows(misp: MispState, state: TriggerState, wish: CheckWish): Row[] {
  const { module, trigger, clearTag } = wish;
  const { graph } = state;
  if (!triggerById(trigger)?.blocking) return [];
  if (!clearTag) {
    if (closingTag(graph, module) !== undefined)
      return [red('closed', text('check.clearsNothing', { trigger }))];
    const gate = gateIn(graph);
    if (gate)
      return wish.enrichments?.includes(gate.module)
        ? [green('closed', text('check.gated', gate))]
        : [yellow('closed', text('check.gatedElsewhere', gate))];
    return [yellow('closed', text(canFailClosed(trigger) ? 'check.failsOpen' : 'check.failsOpenProxy'))];
  }
  const mend = planFor(misp, state, wish).steps;
  const other = closingTag(graph, module);
  if (other !== undefined && other !== clearTag)
    return [red('closed', text('check.otherTag', { trigger, tag: other, clears: clearTag }))];
  if (other === undefined) return [red('closed', text('check.notClosed', { trigger }), mend)];
  const off = FAIL_CLOSED_MODULES.filter((name) => misp.modules?.get(name)?.on !== true);
  if (off.length === 0) return [green('closed', text('check.closed'))];
  return [
    green('closed', text('check.closed')),
    red('closedModules', text('check.closedModules', { modules: off.join(', ') }), off.map(switchOn)),
  ];
}

/** MISP's trigger for tags has parameters of its own; with its defaults it tells of one way of tagging in four. */
function parameterRows({ graph }: TriggerState, { trigger }: Wish): Row[] {
  if (trigger !== 'tag-attached-after-save') return [];
  const [id = '', block] = triggerBlock(graph) ?? [];
  const params = isRecord(block?.data.indexed_params) ? block.data.indexed_params : {};
  if (params.scope === 'any' && params.locality === 'any') return [green('parameters', text('check.anyTag'))];
  if (!block) return [];
  const wanted = { ...params, scope: 'any', locality: 'any', tag: textOf(params.tag) };
  const changed: MispGraph = {
    ...graph,
    [id]: { ...block, data: { ...block.data, indexed_params: wanted } },
  };
  return [
    yellow('parameters', text('check.someTags'), [
      { do: 'draw-workflow', trigger, graph: changed, was: graph },
    ]),
  ];
}
