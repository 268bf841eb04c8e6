import type { Place } from '../actions/misp-graph';
import type { ServiceAddress } from './wish';

/** MISP's services of modules besides its Action service. */
export const FAMILIES = ['Enrichment', 'Import', 'Export'] as const;
export type Family = (typeof FAMILIES)[number];
/** `Debug`: `Plugin.Workflow_debug_url`. */
export const SERVICES = [...FAMILIES, 'Debug'] as const;
export type ServiceName = (typeof SERVICES)[number];
/** What to do about another service that MISP asks already. */
export type ServiceDecision = 'in-front' | 'replace' | 'leave';

/** A flow that is a module of one of MISP's services. */
export interface DrawnFor {
  name: string;
  family: Family;
  /** MISP asks it when the mouse is over a value. */
  hovers: boolean;
  /** How long it may take, in milliseconds. */
  deadlineMs: number;
  /** What it answers with, where that is known. */
  format?: 'plain' | 'misp_standard';
}

/** A workflow that MISP goes on with only if a module of the Enrichment service has said the word. */
export interface GateWish {
  /** MISP's id of the trigger. */
  trigger: string;
  /** The module that is asked about each attribute. */
  module: string;
  /** What it answers where MISP may go on. */
  word: string;
  /** Where in a workflow that has other blocks; `leave` changes nothing in it. */
  place?: Place | 'leave';
}

/** The word by which a module clears, unless it is another. */
export const CLEARING_WORD = 'cleared';
/** The triggers that such a workflow was measured for. */
export const GATED: readonly string[] = ['event-publish', 'event-before-save'];

/** What a listener is to be for a MISP. */
export interface ServicesWish {
  service: ServiceAddress;
  wanted: readonly ServiceName[];
  /** Of all services; what is not wanted is left out. */
  modules: readonly DrawnFor[];
  others: Partial<Record<ServiceName, ServiceDecision>>;
  /** The listener has misp-modules behind it; undefined if that is not known. */
  hasUpstream?: boolean;
  gate?: GateWish;
}
