import type { NodeAPI } from 'node-red';
import { isRecord } from '../src/event/values';
import {
  canFailClosed,
  readAddress,
  type AdHocWish,
  type ServiceAddress,
  type Wish,
} from '../src/connect/wish';
import type { MispState } from '../src/connect/state';
import { action } from '../src/listener/kinds/action';
import { AD_HOC_SCOPES } from '../src/actions/run-workflow';
import { AD_HOC } from '../src/misp/ad-hoc';
import { WorkflowError } from '../src/text';
import { triggerById } from '../src/triggers/triggers';
import type { Credentials } from '../src/listener/credentials';
import { callersOf, type CallerConfig } from './config/listener-callers';
import { deployedNode, type Deployed } from './plugin/saved-secrets';

/** A trigger of a flow as it is deployed, and what MISP has to know of it. */
export interface DeployedTrigger {
  wish: Wish;
  /** The MISP in which the flow clears; empty if it does not. */
  clearServer: string;
  listener: string;
  /** The flow decides nothing: MISP goes on at once. */
  watches: boolean;
}

/**
 * What a deployed trigger wants of a MISP.
 * @param server the MISP: of several that ask one listener, each has a user and password of its own
 * @param host as MISP's machine calls this one
 * @throws {WorkflowError} if the trigger or its listener is not deployed
 */
export function deployedTrigger(RED: NodeAPI, id: string, server: string, host: string): DeployedTrigger {
  const settings = deployedNode(RED, id, 'misp-trigger')?.settings;
  const listener = settings && deployedNode(RED, text(settings.listener), 'misp-listener');
  const trigger = triggerById(text(settings?.trigger));
  if (!settings || !listener || !trigger) throw new WorkflowError('connect.notDeployed');
  const service = serviceAddressOf(RED, listener, server, host);
  const clears = settings.clears === true && canFailClosed(trigger.id);
  const wish: Wish = {
    trigger: trigger.id,
    module: text(settings.module),
    service,
    hasUpstream: Boolean(RED.nodes.getNode(text(listener.settings.upstream))),
    deadlineMs: Number(settings.deadline) * 1000 || action.defaultDeadlineMs(trigger),
    ...(trigger.id === AD_HOC ? { adHoc: adHocOf(settings) } : {}),
    ...(clears ? { clearTag: text(settings.clearTag).trim() } : {}),
  };
  return {
    wish,
    listener: text(settings.listener),
    clearServer: clears ? text(settings.clearServer) : '',
    watches: settings.goOn === 'watch',
  };
}

/** Where a MISP finds a listener, and as whom it is to ask. */
export function serviceAddressOf(
  RED: NodeAPI,
  listener: Deployed,
  server: string,
  host: string,
): ServiceAddress {
  const { port, tls } = listener.settings;
  const login = loginOf(RED, listener, server);
  return { protocol: text(tls) ? 'https' : 'http', host, port: Number(port), ...login };
}

/** Which ad hoc workflow of MISP calls a trigger; without a name of its own it is called as the trigger's module. */
function adHocOf({ module, adHocName, adHocScope, adHocFilters }: Deployed['settings']): AdHocWish {
  const scope = AD_HOC_SCOPES.find((one) => one === adHocScope) ?? AD_HOC_SCOPES[0];
  return { name: text(adHocName).trim() || text(module), scope, filters: text(adHocFilters).trim() || '{}' };
}

/** As whom a MISP is to ask a listener. @throws {WorkflowError} if others have a login there, and this one has none */
function loginOf(RED: NodeAPI, { settings, secrets }: Deployed, server: string): Partial<Credentials> {
  const config = { authentication: true, ...settings } as unknown as CallerConfig;
  const { access, callers = [] } = callersOf(RED, config, secrets as Record<string, string>);
  if (typeof access === 'string' || !Array.isArray(access))
    return access === 'open' ? {} : (access as Credentials);
  const own = callers.findIndex((caller) => caller.server === server);
  if (own < 0) throw new WorkflowError('connect.noCaller');
  return access[own] as Credentials;
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
