import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Place } from '../src/actions/misp-graph';
import { AD_HOC_SCOPES } from '../src/actions/run-workflow';
import { canFailClosed, readAddress, type ServiceAddress, type Wish } from '../src/connect/wish';
import { CLEARED } from '../src/connect/fail-closed';
import {
  CLEARING_WORD,
  GATED,
  SERVICES,
  type DrawnFor,
  type Family,
  type GateWish,
  type ServiceName,
  type ServicesWish,
} from '../src/connect/services-wish';
import { action } from '../src/listener/kinds/action';
import { AD_HOC } from '../src/misp/ad-hoc';
import type { MispSettings } from '../src/misp/client';
import { text, words, WorkflowError } from '../src/text';
import { triggerById } from '../src/triggers/triggers';

const OPTIONS = {
  url: { type: 'string' },
  'key-file': { type: 'string' },
  insecure: { type: 'boolean', default: false },
  'ca-file': { type: 'string' },
  trigger: { type: 'string' },
  services: { type: 'string' },
  enable: { type: 'string' },
  graph: { type: 'string' },
  word: { type: 'string' },
  module: { type: 'string' },
  listener: { type: 'string' },
  'password-file': { type: 'string' },
  deadline: { type: 'string' },
  workflow: { type: 'string' },
  scope: { type: 'string' },
  filters: { type: 'string' },
  'clear-tag': { type: 'string' },
  'fails-open': { type: 'boolean', default: false },
  'other-service': { type: 'string' },
  place: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  'undo-file': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What a call of `connect`, `check` or `undo` asks for. */
export interface ConnectCall {
  misp: MispSettings;
  /** `undo` needs none. */
  wish?: Wish | ServicesWish;
  dryRun: boolean;
  /** Where the way back is written to, or read from. */
  undoFile?: string;
}

const SECONDS = 60;

/** Reads a call. @returns `help`, or in words what is wrong with it */
export function readConnectCall(command: 'connect' | 'check' | 'undo', args: string[]): ConnectCall | string {
  try {
    const { values } = parseArgs({ args, options: OPTIONS });
    if (values.help) return 'help';
    const { url, 'key-file': keyFile } = values;
    if (!url || !keyFile) return words(text('command.connectMisp'));
    const undoFile = values['undo-file'];
    if (command === 'undo' && !undoFile) return words(text('command.undoFile'));
    const ca = values['ca-file'];
    const misp: MispSettings = {
      ...{ url, apiKey: lineOf(keyFile), verify: !values.insecure, timeoutMs: SECONDS * 1000 },
      ...(ca ? { tls: { ca: readFileSync(ca, 'utf8') } } : {}),
    };
    const wish = command === 'undo' ? undefined : wishIn(values);
    return { misp, wish, dryRun: values['dry-run'], undoFile };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function wishIn(values: Values): Wish | ServicesWish {
  const graph = (values.graph ?? 'F').toUpperCase();
  if (graph !== 'F' && graph !== 'G') throw new WorkflowError('command.gate');
  if (graph === 'G') return servicesOf(values, gateOf(values));
  return values.services === undefined ? wishOf(values) : servicesOf(values);
}

/** `--graph G --trigger event-publish --module my_gate`: MISP stops unless the module says the word. */
function gateOf({ trigger = '', module = '', word = CLEARING_WORD, place }: Values): GateWish {
  if (!GATED.includes(trigger) || !MODULE.test(module)) throw new WorkflowError('command.gate');
  if (word.trim() === '' || word.length > MOST_WORD) throw new WorkflowError('command.gateWord');
  return { trigger, module, word: word.trim(), ...(place === undefined ? {} : { place: placeOf(place) }) };
}

const MODULE = /^[a-z0-9_]+$/;
const MOST_WORD = 100;

function wishOf(values: Values): Wish {
  const { trigger = '', listener = '', deadline, module, place } = values;
  const known = triggerById(trigger);
  if (!known) throw new WorkflowError('command.connectTrigger');
  const seconds = Number(deadline ?? action.defaultDeadlineMs(known) / 1000);
  if (!(seconds > 0 && seconds <= 300)) throw new WorkflowError('command.connectDeadline');
  const other = values['other-service'];
  if (other !== undefined && other !== 'in-front' && other !== 'replace') {
    throw new WorkflowError('command.connectOther');
  }
  const { workflow, scope: chosen = AD_HOC_SCOPES[0], filters = '{}' } = values;
  const scope = AD_HOC_SCOPES.find((one) => one === chosen);
  if (!scope) throw new WorkflowError('command.connectScope', { scopes: AD_HOC_SCOPES.join(', ') });
  const clears = canFailClosed(trigger) && values['fails-open'] !== true;
  const own = module ?? `nodered_${trigger.replaceAll('-', '_')}`;
  return {
    trigger,
    module: own,
    ...(trigger === AD_HOC ? { adHoc: { name: workflow ?? own, scope, filters } } : {}),
    service: serviceOf(listener, values['password-file']),
    deadlineMs: seconds * 1000,
    ...(clears ? { clearTag: values['clear-tag'] ?? CLEARED } : {}),
    ...(other ? { otherService: other } : {}),
    ...(place === undefined ? {} : { place: placeOf(place) }),
  };
}

const MODULE_DEADLINE_MS = 8000;

/** `--services enrichment,debug --enable enrichment:my_lookup`: what a listener is to be besides the Action service. */
function servicesOf(values: Values, gate?: GateWish): ServicesWish {
  const { services = '', enable = '', listener = '' } = values;
  const wanted = listOf(services).map(serviceNamed);
  if (gate && !wanted.includes('Enrichment')) wanted.push('Enrichment');
  const other = values['other-service'];
  if (other !== undefined && other !== 'in-front' && other !== 'replace' && other !== 'leave')
    throw new WorkflowError('command.servicesDecision');
  const modules = listOf(enable).map((entry): DrawnFor => {
    const [service, name = ''] = entry.split(':');
    const family = serviceNamed(service);
    if (family === 'Debug' || !MODULE.test(name)) throw new WorkflowError('command.servicesEnable');
    return drawnFor(name, family);
  });
  const isListed = modules.some(({ name, family }) => name === gate?.module && family === 'Enrichment');
  if (gate && !isListed) modules.push(drawnFor(gate.module, 'Enrichment', values.deadline));
  return {
    ...(gate ? { gate } : {}),
    service: serviceOf(listener, values['password-file']),
    ...{ wanted, modules },
    others: other ? Object.fromEntries(SERVICES.map((name) => [name, other])) : {},
  };
}

function drawnFor(name: string, family: Family, deadline?: string): DrawnFor {
  return { name, family, hovers: false, deadlineMs: Number(deadline) * 1000 || MODULE_DEADLINE_MS };
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function serviceNamed(text: string): ServiceName {
  const found = SERVICES.find((name) => name.toLowerCase() === text.toLowerCase());
  if (!found) throw new WorkflowError('command.servicesNames');
  return found;
}

function serviceOf(listener: string, passwordFile: string | undefined): ServiceAddress {
  const read = readAddress(listener, 0);
  if (!read || read.port === 0) throw new WorkflowError('command.connectListener');
  const password = passwordFile === undefined ? read.password : lineOf(passwordFile);
  const { host, port, user } = read;
  return { protocol: read.protocol === 'https' ? 'https' : 'http', host, port, user, password };
}

/** `3:output_1`, or `3:output_1:5` if the output leads on; `leave` leaves the workflow as it is. */
function placeOf(place: string): Place | 'leave' {
  if (place === 'leave') return 'leave';
  const [from, output, to] = place.split(':');
  if (!from || !output) throw new WorkflowError('command.connectPlace');
  return { from, output, ...(to ? { to } : {}) };
}

/** A secret in a file of its own, without the end of the line. */
function lineOf(file: string): string {
  return readFileSync(file, 'utf8').trim();
}
