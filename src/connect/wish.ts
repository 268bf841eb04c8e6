import type { Place } from '../actions/misp-graph';
import type { AdHocScope } from '../actions/run-workflow';
import { CLEARABLE } from '../triggers/triggers';

/** What is to be connected: a trigger of MISP with a trigger of a flow. */
export interface Wish {
  /** MISP's id of the trigger. */
  trigger: string;
  /** The name under which the flow's trigger is announced. */
  module: string;
  service: ServiceAddress;
  /** How long MISP has to wait for an answer at most, in milliseconds. */
  deadlineMs: number;
  /** MISP goes on only if the flow has cleared the event; the tag by which it does. */
  clearTag?: string;
  /** What the nodes are called that set local tags in this MISP, besides the one by which a flow clears. */
  localTags?: readonly string[];
  /** The listener has misp-modules behind it; undefined if that is not known. */
  hasUpstream?: boolean;
  /** Of an ad hoc workflow, of which MISP has any number: which one, and what it gets. */
  adHoc?: AdHocWish;
  /** What to do about another service that MISP calls already. */
  otherService?: 'in-front' | 'replace';
  /** Where in a workflow that has other blocks; `leave` changes nothing in it. */
  place?: Place | 'leave';
}

export interface AdHocWish {
  /** The workflow's name in MISP. */
  name: string;
  scope: AdHocScope;
  /** The search of the scope `events`, as JSON. */
  filters: string;
}

/** Where MISP finds the listener. */
export interface ServiceAddress {
  protocol: 'http' | 'https';
  /** As MISP's own machine calls this one. */
  host: string;
  port: number;
  user?: string;
  password?: string;
}

/** The triggers whose workflow can be drawn so that a dead Node-RED stops MISP: nothing is being saved while they run. */
export const canFailClosed = (trigger: string): boolean => FAIL_CLOSED.includes(trigger);
const FAIL_CLOSED: readonly string[] = CLEARABLE;

/** The value of `Plugin.Action_services_url`: without the port, user and password percent-encoded. */
export function serviceUrl({ protocol, host, user, password }: ServiceAddress): string {
  const login = user || password ? `${encoded(user ?? '')}:${encoded(password ?? '')}@` : '';
  return `${protocol}://${login}${host}`;
}

/** What `encodeURIComponent` leaves alone, PHP's curl reads as it is; quotes and brackets are safer encoded. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** An address of a service as MISP's settings have it: host, and who asks. */
export interface KnownAddress {
  protocol: string;
  host: string;
  port: number;
  user: string;
  password: string;
}

/** Reads MISP's two settings; undefined if they are no address. */
export function readAddress(url: string, port: number): KnownAddress | undefined {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, hostname, username, password, port: own } = new URL(url);
  const login = { user: decoded(username), password: decoded(password) };
  return { protocol: protocol.slice(0, -1), host: hostname, port: port || Number(own), ...login };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What stands before the host: a password that is not percent-encoded may have any sign in it. */
const LOGIN = /\/\/.*@/s;

/** A setting's value as a person may see it: without user and password. */
export function withoutLogin(value: string | number | boolean): string {
  return String(value).replace(LOGIN, '//***@');
}

/** The address itself, without user and password. */
export function bareAddress(value: string): string {
  return value.replace(LOGIN, '//');
}
