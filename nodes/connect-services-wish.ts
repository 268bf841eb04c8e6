import type { NodeAPI } from 'node-red';
import { isRecord } from '../src/event/values';
import {
  CLEARING_WORD,
  GATED,
  SERVICES,
  type DrawnFor,
  type Family,
  type GateWish,
  type ServiceDecision,
  type ServiceName,
  type ServicesWish,
} from '../src/connect/services-wish';
import { WorkflowError } from '../src/text';
import { serviceAddressOf } from './connect-wish';
import { deployedNode } from './plugin/saved-secrets';
import { announcedModule, type ModuleSettings } from './triggers/announced-module';

const FAMILY_OF: Partial<Record<ModuleSettings['kind'], Family>> = {
  ...{ expansion: 'Enrichment', hover: 'Enrichment', both: 'Enrichment' },
  ...{ import: 'Import', export: 'Export' },
};
const DECISIONS: readonly unknown[] = ['in-front', 'replace', 'leave'] satisfies ServiceDecision[];

/**
 * What a deployed listener is to be for a MISP, by what a form says.
 * @param server the MISP: of several that ask one listener, each has a user and password of its own
 * @param host as MISP's machine calls this one
 * @throws {WorkflowError} if the listener is not deployed, or nothing is wanted
 */
export function deployedServices(
  RED: NodeAPI,
  sent: Readonly<Record<string, unknown>>,
  server: string,
  host: string,
): ServicesWish {
  const asked = isRecord(sent.services) ? sent.services : {};
  const id = typeof asked.listener === 'string' ? asked.listener : '';
  const listener = deployedNode(RED, id, 'misp-listener');
  if (!listener) throw new WorkflowError('connect.noListener');
  const wanted = Array.isArray(asked.wanted) ? asked.wanted : [];
  const gate = gateOf(asked.gate);
  const names = SERVICES.filter(
    (name) => wanted.includes(name) || (gate !== undefined && name === 'Enrichment'),
  );
  if (names.length === 0) throw new WorkflowError('connect.noService');
  return {
    service: serviceAddressOf(RED, listener, server, host),
    wanted: names,
    modules: modulesAt(RED, id),
    others: decisionsOf(sent.others),
    hasUpstream: Boolean(listener.settings.upstream),
    ...(gate ? { gate } : {}),
  };
}

const MOST_WORD = 100;

/** In which workflow a flow of the listener decides, if it is to in one. @throws {WorkflowError} if it cannot */
function gateOf(sent: unknown): GateWish | undefined {
  if (sent === undefined) return undefined;
  if (!isRecord(sent)) throw new WorkflowError('connect.gateWrong');
  const { trigger, module, word } = sent;
  const said = typeof word === 'string' ? word.trim().slice(0, MOST_WORD) : '';
  if (typeof trigger !== 'string' || !GATED.includes(trigger) || typeof module !== 'string')
    throw new WorkflowError('connect.gateWrong');
  return { trigger, module: module.slice(0, MOST_WORD), word: said || CLEARING_WORD };
}

/** The names of the flows at a listener whose answers MISP's workflows can read: enrichments in the format plain. */
export const enrichmentsAt = (RED: NodeAPI, listener: string): string[] =>
  modulesAt(RED, listener)
    .filter(({ family, format }) => family === 'Enrichment' && format === 'plain')
    .map(({ name }) => name);

/** The flows at a listener that are modules of MISP's other services. */
function modulesAt(RED: NodeAPI, listener: string): DrawnFor[] {
  const ids: string[] = [];
  RED.nodes.eachNode(({ id, type }) => {
    if (type === 'misp-module-in') ids.push(id);
  });
  return ids.flatMap((id): DrawnFor[] => {
    const settings = deployedNode(RED, id, 'misp-module-in')?.settings as unknown as
      ModuleSettings | undefined;
    const family = settings?.listener === listener ? FAMILY_OF[settings.kind] : undefined;
    if (!settings || !family || !settings.module) return [];
    const { name, deadlineMs, ...module } = announcedModule(settings, '');
    const { format } = settings;
    return [{ name, family, deadlineMs, format, hovers: module.kind === 'expansion' && module.hovers }];
  });
}

function decisionsOf(sent: unknown): ServicesWish['others'] {
  const others: Partial<Record<ServiceName, ServiceDecision>> = {};
  if (!isRecord(sent)) return others;
  for (const name of SERVICES) {
    const decision = Object.hasOwn(sent, name) ? sent[name] : undefined;
    if (DECISIONS.includes(decision)) others[name] = decision as ServiceDecision;
  }
  return others;
}
