import type { AiAnswer } from '../actions/ai-answer';
import type { ToldAction } from '../actions/in-words';
import type { FilterState } from '../event/data-filter';
import { isRecord } from '../event/values';

/**
 * `msg.misp`: what the nodes of a workflow know of its run besides the data. Plain JSON, and documented for users:
 * the names stay. A trigger sets all but the optional ones.
 */
export interface MispPart {
  /** Id of the run, as its journal has it; the same in all its messages. */
  run: string;
  /** MISP's id of what happened, such as `event-publish`; of a flow that is a module, its kind, such as `hover`. */
  trigger: string;
  /** The MISP module that was called. */
  module: string;
  /**
   * Of several MISPs at one listener the one that asked: its config node, or what the listener calls it; else the config
   * node of the MISP that the trigger is connected with.
   */
  server?: string;
  /** MISP stops its operation if the run says so. */
  blocking: boolean;
  /** A rehearsal: nothing is changed anywhere. */
  test: boolean;
  /** It tells of nothing but what this Node-RED has written itself, or asks what it caused. */
  echo?: boolean;
  /**
   * Of a request that was kept before MISP was told that it was accepted: 1, or more if a flow may have had it before,
   * or MISP may not have been told.
   */
  attempt?: number;
  /** When MISP must have its answer, in milliseconds since 1970. */
  deadline: number;
  /** What MISP's user filled in at the module. */
  params: Readonly<Record<string, unknown>>;
  /** Of a flow that is a module: which event and attribute MISP asks about, if it says so. */
  event_id?: string;
  attribute_uuid?: string;
  /** Of MISP's AI module: what it is asked for, such as `tag_suggest`. */
  use_case?: string;
  /** The details of a hover were clicked on. */
  persistent?: boolean;
  /** What newer MISPs give their templates as `_env`. */
  env?: unknown;
  /** Of the filters in MISP's own workflow. */
  filteredItems?: unknown;
  matchingData?: unknown;
  /** The filters of the flow that are active on the payload. */
  filters?: FilterState;
  /** What the connected MISP has saved, beside the payload that it is about to save; null if it has nothing. */
  stored?: unknown;
  /** What MISP sent, where the payload was completed from the connected MISP. */
  received?: unknown;
  /** What the last action did, or would have done. */
  result?: ToldAction;
  /** Of an action that failed because the other side was away: it is tried again, or was. */
  retry?: RetryPart;
  /** What MISP's AI suggests, or has found: a machine said so, about text that anybody may have written. */
  ai?: AiAnswer;
  /** What the last change of a list for firewalls came to. */
  list?: ListReport;
  /** Of a publication that waits, or waited, for a second person: what became of it. Templates have it as `_approval`. */
  approval?: unknown;
  /** What the last webhook was answered. */
  response?: unknown;
  /** Of an event, the case that was made from it: what it is called there, and where people see it. */
  case?: { id: string; url: string };
  /** Of a ZeroMQ message: its topic, and what happened there. */
  topic?: string;
  action?: string;
}

/** What is tried again; times in ISO 8601. */
export interface RetryPart {
  id: string;
  until: string;
  /** When next; not there when it has ended. */
  next?: string;
  tries: number;
  /** It is not tried any more. */
  ended?: true;
}

/** What became of a list for firewalls. */
export interface ListReport {
  name: string;
  added: readonly string[];
  removed: readonly string[];
  /** How many are on it now. */
  entries: number;
  /** Why nothing was changed. */
  held?: string;
  /** It would be so. */
  dryRun?: true;
}

/** A message as Node-RED passes it on. */
export type Message = Record<PropertyKey, unknown> & { _msgid?: string; misp?: unknown };

/** `msg.misp` for reading: any node may have put anything there, so each value may be missing, or another type. */
export function mispOf({ misp }: Message): { readonly [K in keyof MispPart]?: unknown } {
  return isRecord(misp) ? misp : {};
}

/** Changes `msg.misp` of this message alone: other branches may share the object. */
export function setMisp(message: Message, changes: Partial<MispPart>): void {
  message.misp = { ...mispOf(message), ...changes };
}

/** The filters that are active on a message. */
export function filtersOf(message: Message): FilterState | undefined {
  return mispOf(message).filters as FilterState | undefined;
}

export function setFilters(message: Message, filters: FilterState | undefined): void {
  const { filters: before, ...misp } = mispOf(message);
  if (filters) message.misp = { ...misp, filters };
  else if (before !== undefined) message.misp = misp;
}

/** The data of a message as it was before the flow's filters. */
export function wholeOf(message: Message): unknown {
  return filtersOf(message)?.whole ?? message.payload;
}

/** Puts other data in place of the message's. Filters were about what was there before: they end with it. */
export function withPayload(message: Message, payload: unknown): Message {
  message.payload = payload;
  setFilters(message, undefined);
  return message;
}

/** When MISP must have its answer, in milliseconds since 1970; nothing if it does not wait. */
export function deadlineOf(message: Message): number | undefined {
  const { blocking, deadline } = mispOf(message);
  return blocking === true && typeof deadline === 'number' ? deadline : undefined;
}

/** Whether the run is a rehearsal: MISP does not wait, and nothing may change. */
export function isTest(message: Message): boolean {
  return mispOf(message).test === true;
}
