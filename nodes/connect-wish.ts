import type { NodeAPI } from 'node-red';
import { isRecord } from '../src/event/values';
import { readAddress, type ServiceAddress, type Wish } from '../src/connect/wish';
import type { MispState } from '../src/connect/state';
import { action } from '../src/listener/kinds/action';
import { WorkflowError } from '../src/text';
import { triggerById } from '../src/triggers/triggers';
import { deployedNode } from './plugin/saved-secrets';

/** A trigger of a flow as it is deployed, and what MISP has to know of it. */
export interface DeployedTrigger {
  wish: Wish;
  /** The MISP in which the flow clears; empty if it does not. */
  clearServer: string;
}

/**
 * What a deployed trigger wants of a MISP.
 * @param host as MISP's machine calls this one
 * @throws {WorkflowError} if the trigger or its listener is not deployed
 */
export function deployedTrigger(RED: NodeAPI, id: string, host: string): DeployedTrigger {
  const settings = deployedNode(RED, id, 'misp-trigger')?.settings;
  const listener = settings && deployedNode(RED, text(settings.listener), 'misp-listener');
  const trigger = triggerById(text(settings?.trigger));
  if (!settings || !listener || !trigger) throw new WorkflowError('connect.notDeployed');
  const { authentication, port, tls } = listener.settings;
  const { user, password } = authentication === false ? {} : listener.secrets;
  const service: ServiceAddress = {
    ...{ protocol: text(tls) ? 'https' : 'http', host, port: Number(port) },
    ...(user && password ? { user, password } : {}),
  };
  const clears = settings.clears === true && trigger.id === 'event-publish';
  const wish: Wish = {
    trigger: trigger.id,
    module: text(settings.module),
    service,
    deadlineMs: Number(settings.deadline) * 1000 || action.defaultDeadlineMs(trigger),
    ...(clears ? { clearTag: text(settings.clearTag).trim() } : {}),
  };
  return { wish, clearServer: clears ? text(settings.clearServer) : '' };
}

/** The name by which MISP calls this machine already, if it calls this port. */
export function knownHost({ settings }: MispState, port: number): string {
  const url = String(settings['Plugin.Action_services_url']);
  const known = readAddress(url, Number(settings['Plugin.Action_services_port']));
  return known?.port === port ? known.host : '';
}

/** Decisions of a form, if they are ones. */
export function decisionsOf(sent: Readonly<Record<string, unknown>>): Pick<Wish, 'otherService' | 'place'> {
  const { otherService, place } = sent;
  return {
    ...(otherService === 'in-front' || otherService === 'replace' ? { otherService } : {}),
    ...placeOf(place),
  };
}

function placeOf(place: unknown): Pick<Wish, 'place'> {
  if (place === 'leave') return { place };
  if (!isRecord(place)) return {};
  const { from, output, to } = place;
  if (typeof from !== 'string' || typeof output !== 'string') return {};
  return { place: { from, output, ...(typeof to === 'string' ? { to } : {}) } };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
