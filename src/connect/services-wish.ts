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
}

/** What a listener is to be for a MISP. */
export interface ServicesWish {
  service: ServiceAddress;
  wanted: readonly ServiceName[];
  /** Of all services; what is not wanted is left out. */
  modules: readonly DrawnFor[];
  others: Partial<Record<ServiceName, ServiceDecision>>;
  /** The listener has misp-modules behind it; undefined if that is not known. */
  hasUpstream?: boolean;
}
