import { blocksOf, hasPlace, isBare, placesIn, type MispGraph, type Place } from '../actions/misp-graph';
import type { SetUpOperation, SettingValue } from '../actions/set-up';
import { isSet } from '../event/flags';
import { integerOf, textOf } from '../event/values';
import { isFilters } from '../misp/ad-hoc';
import { versionNotes } from '../misp/versions';
import { text, type Said } from '../text';
import { closingTag, failClosedChain, FAIL_CLOSED_MODULES, isFailClosed, plainChain } from './fail-closed';
import { reachable } from './graph-ways';
import type { ServiceDecision, ServiceName } from './services-wish';
import { runsOnAll, withAdHocParams } from './ad-hoc';
import { bareGraph, insertAt, putAround, withTriggerData } from './splice';
import type { MispState, SettingName, TriggerState } from './state';
import { readAddress, serviceUrl, withoutLogin, type Wish } from './wish';

/** What MISP's time-out has to be longer than the flow's deadline, in seconds. */
const SECONDS_OVER = 2;

/** What is to be decided before there is a plan. */
export type Question =
  | {
      ask: 'otherService';
      address: string;
      /** Which one, where it is not the Action service, and what may be decided about it. */
      service?: ServiceName;
      decisions?: ServiceDecision[];
    }
  | { ask: 'place'; graph: MispGraph; places: Place[] };

/** What is done to connect a trigger, in its order. Without steps there is nothing to do. */
export interface ConnectPlan {
  steps: SetUpOperation[];
  questions: Question[];
  /** Why it cannot be done: nothing is planned then. */
  hindrances: Said[];
  /** What is worth knowing, and what is to be done by hand. */
  notes: Said[];
}

/**
 * What is to be done in a MISP so that a trigger calls the flow. What is as it should be already is left out, so that a
 * plan that was carried out in part goes on where it stopped, and one that was carried out is empty.
 */
export function planFor(misp: MispState, trigger: TriggerState, wish: Wish): ConnectPlan {
  const hindrances = hindrancesOf(misp, trigger, wish);
  const service = serviceSteps(misp, wish);
  const drawn = drawingOf(trigger, wish);
  const drawing = { ...drawn, graph: withAdHocParams(drawn.graph, wish.adHoc) };
  const questions = [...service.questions, ...drawing.questions];
  const notes = [
    ...versionNotes(misp.account.version, wish.trigger).map(({ said }) => said),
    ...notesOf(misp, wish),
    ...(service.loses === undefined ? [] : [text('connect.nothingBehind', { address: service.loses })]),
  ];
  if (hindrances.length > 0 || questions.length > 0) return { steps: [], questions, hindrances, notes };
  return { steps: stepsOf(misp, trigger, wish, service.steps, drawing.graph), questions, hindrances, notes };
}

function stepsOf(
  misp: MispState,
  trigger: TriggerState,
  wish: Wish,
  service: SetUpOperation[],
  graph: MispGraph,
): SetUpOperation[] {
  const { modules } = misp;
  const changes = graph !== trigger.graph;
  const uses = new Set(Object.values(graph).map(({ data }) => textOf(data.id)));
  const wanted = [wish.module, ...FAIL_CLOSED_MODULES.filter((module) => wish.clearTag && uses.has(module))];
  const off = wanted.filter((module) => uses.has(module) && modules?.get(module)?.on !== true);
  const isNew = !trigger.hasWorkflow;
  const named = trigger.adHoc === undefined ? {} : { adHoc: trigger.adHoc };
  const steps: SetUpOperation[] = [
    ...setting(misp, 'Plugin.Workflow_enable', true),
    ...service,
    ...(wish.clearTag ? [{ do: 'create-tag', tag: wish.clearTag } as const] : []),
    ...(isNew ? [{ do: 'create-workflow', trigger: wish.trigger, ...named } as const] : []),
    ...(changes
      ? [
          {
            ...draw(wish.trigger, graph, isNew || isBare(trigger.graph) ? undefined : trigger.graph),
            ...named,
          },
        ]
      : []),
    ...off.map((module) => ({ do: 'switch-module', module, on: true, isTrigger: false }) as const),
    ...(trigger.on
      ? []
      : [{ do: 'switch-module', module: wish.trigger, on: true, isTrigger: true, ...named } as const]),
  ];
  const isDone = steps.every((step) => step.do === 'create-tag');
  // MISP must reach us before a workflow relies on it; a tag alone is no reason to ask.
  if (isDone && modules?.has(wish.module)) return [];
  const at = steps.findIndex(({ do: what }) => what !== 'set-setting');
  return steps.toSpliced(at < 0 ? steps.length : at, 0, { do: 'see-module', module: wish.module });
}

function draw(trigger: string, graph: MispGraph, was?: MispGraph): SetUpOperation {
  return { do: 'draw-workflow', trigger, graph, ...(was ? { was } : {}) };
}

function setting({ settings }: MispState, name: SettingName, value: SettingValue): SetUpOperation[] {
  const was = settings[name];
  const isSame = typeof value === 'boolean' ? isSet(was) === value : String(was) === String(value);
  return isSame ? [] : [{ do: 'set-setting', name, value, was }];
}

/**
 * Has MISP call the listener; another service that it calls is left alone until somebody has decided.
 * @returns `loses`: the service whose modules are not there any more although the listener is to go in front of it
 */
function serviceSteps(
  misp: MispState,
  wish: Wish,
): { steps: SetUpOperation[]; questions: Question[]; loses?: string } {
  const { settings } = misp;
  const { service, otherService, deadlineMs } = wish;
  const isOn = isSet(settings['Plugin.Action_services_enable']);
  const url = String(settings['Plugin.Action_services_url']);
  const port = integerOf(settings['Plugin.Action_services_port']);
  const known = readAddress(url, port);
  const isOurs = known?.host === service.host && known.port === service.port;
  const isOther = isOn && !isOurs;
  const address = `${withoutLogin(url)}:${port}`;
  const questions: Question[] =
    isOther && otherService === undefined ? [{ ask: 'otherService', address }] : [];
  const loses = isOther && otherService !== 'replace' && wish.hasUpstream === false ? address : undefined;
  const least = Math.ceil(deadlineMs / 1000) + SECONDS_OVER;
  const isShort = integerOf(settings['Plugin.Action_timeout']) < least;
  const steps = [
    ...setting(misp, 'Plugin.Action_services_url', serviceUrl(service)),
    ...setting(misp, 'Plugin.Action_services_port', service.port),
    ...(isShort ? setting(misp, 'Plugin.Action_timeout', least) : []),
    ...setting(misp, 'Plugin.Action_services_enable', true),
  ];
  return { steps, questions, ...(loses === undefined ? {} : { loses }) };
}

/** The graph as it should be: the same one if it is. */
function drawingOf(
  { graph, hasWorkflow }: TriggerState,
  wish: Wish,
): { graph: MispGraph; questions: Question[] } {
  const { module, clearTag, place } = wish;
  const chain = (drawn?: MispGraph[string]) =>
    clearTag ? failClosedChain(module, clearTag, drawn) : plainChain(module, drawn);
  const core = (made: MispGraph) => (clearTag ? withTriggerData(made, { misp_core_format: true }) : made);
  const reached = reachable(graph);
  const own = blocksOf(graph, module).find((id) => reached.has(id));
  if (own !== undefined) {
    if (clearTag && !isFailClosed(graph, module, clearTag) && isFailClosed(core(graph), module, clearTag))
      return { graph: core(graph), questions: [] };
    const isAsWished = !clearTag || isFailClosed(graph, module, clearTag) || place === 'leave';
    return { graph: isAsWished ? graph : core(putAround(graph, own, chain(graph[own]))), questions: [] };
  }
  if (!hasWorkflow || isBare(graph)) {
    const bare = bareGraph(wish.trigger);
    return { graph: insertAt(bare, placesIn(bare)[0], chain()), questions: [] };
  }
  if (place === 'leave') return { graph, questions: [] };
  if (place && hasPlace(graph, place)) return { graph: core(insertAt(graph, place, chain())), questions: [] };
  return { graph, questions: [{ ask: 'place', graph, places: placesIn(graph) }] };
}

function hindrancesOf(misp: MispState, trigger: TriggerState, wish: Wish): Said[] {
  const { account, pagesProblem, settings } = misp;
  const { email, version } = account;
  if (!account.siteAdmin) return [text('connect.noSiteAdmin', { email })];
  if (account.readOnlyKey) return [text('connect.readOnlyKey', { email })];
  const found: Said[] = [];
  if (pagesProblem !== undefined) found.push(pagesProblem);
  else if (!trigger.exists) found.push(text('connect.noTrigger', { trigger: wish.trigger, version }));
  if (!trigger.isReadable) found.push(text('connect.unreadable', { trigger: wish.trigger }));
  if (wish.clearTag && textOf(settings['MISP.host_org_id']) === '') found.push(text('connect.noHostOrg'));
  const { adHoc, clearTag: clears } = wish;
  const tag = clears && closingTag(trigger.graph, wish.module);
  if (clears && tag && tag !== clears)
    found.push(text('check.otherTag', { trigger: wish.trigger, tag, clears }));
  if (adHoc && !isFilters(adHoc.filters)) found.push(text('adHoc.noFilters', { name: adHoc.name }));
  return found;
}

function notesOf({ settings, workers, pagesProblem }: MispState, { service, adHoc }: Wish): Said[] {
  const notes: Said[] = [];
  if (!isSet(settings['MISP.background_jobs']) && pagesProblem === undefined)
    notes.push(text('connect.noBackgroundJobs'));
  if (workers?.known && workers.dead.length > 0) {
    notes.push(text('connect.deadWorkers', { queues: workers.dead.join(', ') }));
  }
  if (adHoc && runsOnAll(adHoc)) notes.push(text('adHoc.onAll', { name: adHoc.name }));
  if (service.protocol === 'https') notes.push(text('connect.privateCa'));
  return notes;
}
