/**
 * MISP's other services of modules, and where its workflows in debug mode tell of their runs: what a listener can be for
 * a MISP besides its Action service. One address each; whoever was there before is never replaced unasked.
 */
import type { SetUpOperation, SettingValue } from '../actions/set-up';
import { isSet } from '../event/flags';
import { integerOf, textOf } from '../event/values';
import { checkAccount, type Account } from '../misp/account';
import type { MispClient } from '../misp/client';
import { readSetting } from '../misp/server-settings';
import { text, type Said } from '../text';
import type { ConnectPlan, Question } from './plan';
import {
  FAMILIES,
  SERVICES,
  type DrawnFor,
  type Family,
  type ServiceDecision,
  type ServiceName,
  type ServicesWish,
} from './services-wish';
import { readAddress, serviceUrl, withoutLogin } from './wish';

/** How a MISP's services are set up. */
export interface ServicesState {
  account: Account;
  /** By name; undefined is a setting that this MISP does not have: of a module that its service does not list. */
  settings: ReadonlyMap<string, SettingValue | undefined>;
}

export const DEBUG_URL = 'Plugin.Workflow_debug_url';
/** Below this the listener takes what a workflow in debug mode tells. */
const DEBUG_PATH = '/debug';
/** What MISP takes for granted where nobody has set it. It cannot be emptied. */
const NO_DEBUG = ['', 'http://127.0.0.1:27051'];
export const settingName = (family: Family, part: string): string => `Plugin.${family}_${part}`;
const HOVER = { on: 'Plugin.Enrichment_hover_enable', seconds: 'Plugin.Enrichment_hover_timeout' };
/** What MISP takes for granted, in seconds. */
const USUAL = { answer: 10, hover: 5 };
/** What MISP's time-out has to be longer than a deadline, in seconds. */
const SECONDS_OVER = { answer: 2, hover: 1 };

/** The services of a wish that have modules. */
export const familiesOf = ({ wanted }: ServicesWish): Family[] =>
  FAMILIES.filter((one) => wanted.includes(one));
export const modulesOf = ({ modules }: ServicesWish, family: Family): DrawnFor[] =>
  modules.filter((one) => one.family === family);

/** Reads what a wish is held against; nothing in MISP is changed. Whoever is no site admin sees the account alone. */
export async function readServices(
  client: MispClient,
  wish: ServicesWish,
  signal?: AbortSignal,
): Promise<ServicesState> {
  const account = await checkAccount(client);
  const settings = new Map<string, SettingValue | undefined>();
  if (!account.siteAdmin) return { account, settings };
  // One after the other: MISP asks the service for its modules each time.
  for (const name of namesOf(wish)) settings.set(name, await readSetting(client, name, signal));
  return { account, settings };
}

function namesOf(wish: ServicesWish): string[] {
  const ofFamily = (family: Family) => {
    const own = modulesOf(wish, family);
    return [
      ...['services_enable', 'services_url', 'services_port', 'timeout'],
      ...own.flatMap(({ name }) => [`${name}_enabled`, `${name}_restrict`]),
    ].map((part) => settingName(family, part));
  };
  const families = familiesOf(wish);
  const hover =
    hoversIn(wish).length > 0 ? Object.values(HOVER) : hurriedIn(wish).length > 0 ? [HOVER.seconds] : [];
  return [...families.flatMap(ofFamily), ...hover, ...(wish.wanted.includes('Debug') ? [DEBUG_URL] : [])];
}

const hoversIn = (wish: ServicesWish): DrawnFor[] =>
  wish.wanted.includes('Enrichment') ? modulesOf(wish, 'Enrichment').filter(({ hovers }) => hovers) : [];

/** Those that MISP waits for as for a hover: what a workflow asks is one of them. */
const hurriedIn = (wish: ServicesWish): DrawnFor[] =>
  wish.wanted.includes('Enrichment')
    ? modulesOf(wish, 'Enrichment').filter(({ hovers, name }) => hovers || name === wish.gate?.module)
    : [];

/** Where MISP asks now, and whether that is the listener. */
export interface Whereabouts {
  isOn: boolean;
  /** It leads to the listener's host and port, if perhaps not in the right way. */
  isOurs: boolean;
  isHere: boolean;
  /** With the user and password that the listener wants. */
  isLetIn: boolean;
  /** Without user and password. */
  address: string;
}

/** Where MISP has one of its services. */
export function whereIs(state: ServicesState, name: ServiceName, { service }: ServicesWish): Whereabouts {
  const { settings } = state;
  const isDebug = name === 'Debug';
  const url = textOf(settings.get(isDebug ? DEBUG_URL : settingName(name, 'services_url')));
  const port = isDebug ? 0 : integerOf(settings.get(settingName(name, 'services_port')));
  const known = readAddress(url, port);
  const isOurs = known?.host === service.host && known.port === service.port;
  return {
    isOn: isDebug ? !NO_DEBUG.includes(url) : isSet(settings.get(settingName(name, 'services_enable'))),
    isOurs,
    isHere: isOurs && known?.protocol === service.protocol && (!isDebug || pathOf(url) === DEBUG_PATH),
    isLetIn: known?.user === (service.user ?? '') && known.password === (service.password ?? ''),
    address: withoutLogin(isDebug ? url : `${url}:${port}`),
  };
}

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname.replace(/\/+$/, '') : '');

/** What is to be done so that a MISP asks the listener; what is as it should be already is left out. */
export function planServices(state: ServicesState, wish: ServicesWish): ConnectPlan {
  const { account } = state;
  const { email } = account;
  const plan: ConnectPlan = { steps: [], questions: [], hindrances: [], notes: [] };
  const { steps, questions, hindrances, notes } = plan;
  if (!account.siteAdmin) hindrances.push(text('connect.noSiteAdmin', { email }));
  else if (account.readOnlyKey) hindrances.push(text('connect.readOnlyKey', { email }));
  if (hindrances.length > 0) return plan;
  for (const name of SERVICES.filter((one) => wish.wanted.includes(one))) {
    const { isOn, isOurs, address } = whereIs(state, name, wish);
    const decision = wish.others[name];
    if (isOn && !isOurs) {
      if (decision === undefined) questions.push(asked(name, address, wish));
      if (decision === 'leave') {
        notes.push(text('connect.serviceLeft', { service: name, address }));
        continue;
      }
      if (decision === 'in-front' && wish.hasUpstream === false)
        hindrances.push(text('connect.noUpstream', { service: name, address }));
    }
    steps.push(...(name === 'Debug' ? debugSteps(state, wish) : familySteps(state, name, wish)));
    notes.push(...notesOf(name, wish));
  }
  return questions.length > 0 || hindrances.length > 0 ? { ...plan, steps: [] } : plan;
}

function asked(name: ServiceName, address: string, { hasUpstream }: ServicesWish): Question {
  const decisions: ServiceDecision[] =
    name === 'Debug' || hasUpstream === false ? ['replace', 'leave'] : ['in-front', 'replace', 'leave'];
  return { ask: 'otherService', address, service: name, decisions };
}

/** The steps for one service: MISP asks it, is seen to find the flows there, then may use them. */
export function familySteps(state: ServicesState, family: Family, wish: ServicesWish): SetUpOperation[] {
  const { service } = wish;
  const own = modulesOf(wish, family);
  const name = (part: string) => settingName(family, part);
  const lead = [
    ...setting(state, name('services_url'), serviceUrl(service)),
    ...setting(state, name('services_port'), service.port),
    ...atLeast(state, name('timeout'), USUAL.answer, secondsFor(own, SECONDS_OVER.answer)),
    ...setting(state, name('services_enable'), true),
  ];
  const use = [
    ...own.flatMap((module) => setting(state, name(`${module.name}_enabled`), true)),
    ...(family === 'Enrichment' ? hoverSteps(state, wish) : []),
  ];
  const [first] = own;
  const sees =
    first && lead.length + use.length > 0
      ? [{ do: 'see-setting', name: name(`${first.name}_enabled`), module: first.name, family } as const]
      : [];
  return [...lead, ...sees, ...use];
}

function hoverSteps(state: ServicesState, wish: ServicesWish): SetUpOperation[] {
  const least = secondsFor(hurriedIn(wish), SECONDS_OVER.hover);
  return [
    ...atLeast(state, HOVER.seconds, USUAL.hover, least),
    ...(hoversIn(wish).length > 0 ? setting(state, HOVER.on, true) : []),
  ];
}

function debugSteps(state: ServicesState, { service }: ServicesWish): SetUpOperation[] {
  return setting(state, DEBUG_URL, `${serviceUrl(service)}:${service.port}${DEBUG_PATH}`);
}

/** How long MISP has to wait for the slowest of some modules, in seconds. */
const secondsFor = (modules: readonly DrawnFor[], over: number): number =>
  Math.max(0, ...modules.map(({ deadlineMs }) => Math.ceil(deadlineMs / 1000) + over));

function atLeast(state: ServicesState, name: string, usual: number, least: number): SetUpOperation[] {
  return secondsIn(state, name, usual) < least ? setting(state, name, least) : [];
}

function secondsIn({ settings }: ServicesState, name: string, usual: number): number {
  const value = settings.get(name);
  return value === undefined || value === '' ? usual : integerOf(value);
}

function setting({ settings }: ServicesState, name: string, value: SettingValue): SetUpOperation[] {
  // Of a module whose service MISP does not ask yet there is nothing to be seen: it is off.
  const was = settings.get(name) ?? (typeof value === 'boolean' ? false : '');
  const isSame = typeof value === 'boolean' ? isSet(was) === value : String(was) === String(value);
  return isSame ? [] : [{ do: 'set-setting', name, value, was }];
}

function notesOf(name: ServiceName, wish: ServicesWish): Said[] {
  const { service } = wish;
  if (name === 'Debug') return [text('connect.debugMode')];
  return [
    ...(modulesOf(wish, name).length === 0 ? [text('connect.noModules', { service: name })] : []),
    ...(service.protocol === 'https' ? [text('connect.privateCaOf', { service: name })] : []),
  ];
}

/** Seconds that MISP waits, and that a flow may take at most, where MISP gives up too early. */
export function tooShort(
  state: ServicesState,
  family: Family,
  wish: ServicesWish,
): { name: string; seconds: number; deadline: number; mend: SetUpOperation[] }[] {
  const answers = { name: settingName(family, 'timeout'), usual: USUAL.answer, over: SECONDS_OVER.answer };
  const hover = { name: HOVER.seconds, usual: USUAL.hover, over: SECONDS_OVER.hover };
  const looks = [
    { ...answers, modules: modulesOf(wish, family) },
    ...(family === 'Enrichment' ? [{ ...hover, modules: hurriedIn(wish) }] : []),
  ];
  return looks.flatMap(({ name, usual, over, modules }) => {
    const seconds = secondsIn(state, name, usual);
    const deadline = Math.max(0, ...modules.map(({ deadlineMs }) => deadlineMs / 1000));
    if (modules.length === 0 || seconds > deadline) return [];
    return [{ name, seconds, deadline, mend: setting(state, name, secondsFor(modules, over)) }];
  });
}

/** Whether flows that answer a hover are asked; undefined if there are none. */
export function hoverSwitch(state: ServicesState, wish: ServicesWish): SetUpOperation[] | undefined {
  return hoversIn(wish).length > 0 ? setting(state, HOVER.on, true) : undefined;
}

/** What turns a module on. */
export const enabling = (state: ServicesState, { family, name }: DrawnFor): SetUpOperation[] =>
  setting(state, settingName(family, `${name}_enabled`), true);

/** The name by which MISP calls this machine already, where one of the services leads to this port. */
export function knownServiceHost({ settings }: ServicesState, { service, wanted }: ServicesWish): string {
  const addresses = wanted.map((name) =>
    name === 'Debug'
      ? readAddress(textOf(settings.get(DEBUG_URL)), 0)
      : readAddress(
          textOf(settings.get(settingName(name, 'services_url'))),
          integerOf(settings.get(settingName(name, 'services_port'))),
        ),
  );
  return addresses.find((known) => known?.port === service.port)?.host ?? '127.0.0.1';
}
