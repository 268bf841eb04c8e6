import { isList, isRecord } from '../event/values';

const STATES = ['waiting', 'approved', 'refused', 'expired', 'used', 'replaced'] as const;

/**
 * What has become of a request: it waits; one of those who may approve said yes or no; nobody did in time; its state of
 * the event has passed; or the event is another one by now.
 */
export type ApprovalState = (typeof STATES)[number];

/** What is shown of an event to whoever is to decide, and told in messages. Texts of MISP, cut to a length. */
export interface ShownEvent {
  id: string;
  uuid: string;
  info: string;
  date: string;
  organisation: string;
  threatLevel: string;
  analysis: string;
  distribution: string;
  sharingGroup: string;
  tags: { name: string; local: boolean }[];
  /** How many there are, and of which types. */
  attributes: number;
  objects: number;
  reports: number;
  types: { name: string; count: number }[];
}

/** Somebody who may decide, once it is known who it is. */
export interface Approver {
  /** In lower case; nobody without one can be told from the author. */
  email: string;
  /** As the audit and the author read it. */
  name: string;
}

/** A request for the approval of one state of one event. Plain data, as it is kept. */
export interface Approval {
  id: string;
  /** The node that asks. */
  node: string;
  state: ApprovalState;
  /** Of the event as it was. */
  digest: string;
  /** Address of the event's author, in lower case. */
  author: string;
  /** Milliseconds since 1970. */
  asked: number;
  expires: number;
  event: ShownEvent;
  /** What the flow has found, for whoever is to decide. */
  findings: string;
  /** Who decided, when, and what was said with it. */
  by?: string;
  decided?: number;
  comment?: string;
  /** When the event has passed. */
  used?: number;
}

const ID = /^[\w-]{22}$/;
/** More is none of ours. */
const MOST_CHARACTERS = 1024 * 1024;
/** The last moment of which there is a date. */
const LAST_MOMENT = 8.64e15;

export const isId = (text: string): boolean => ID.test(text);

/** A request as it was kept; undefined if it is none: anybody may have written it. */
export function approvalIn(text: string): Approval | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  try {
    const found: unknown = JSON.parse(text);
    return isRecord(found) && isApproval(found) ? (found as unknown as Approval) : undefined;
  } catch {
    return undefined;
  }
}

type Read = Readonly<Record<string, unknown>>;

function isApproval({ id, node, state, digest, author, findings, event, ...more }: Read): boolean {
  const { asked, expires, by = '', comment = '', decided = 0, used = 0 } = more;
  return (
    [id, node, digest, author, findings, by, comment].every(isText) &&
    isId(String(id)) &&
    STATES.some((one) => one === state) &&
    [asked, expires, decided, used].every(isMoment) &&
    isRecord(event) &&
    isShown(event)
  );
}

function isShown({ tags, types, attributes, objects, reports, ...texts }: Read): boolean {
  const { id, uuid, info, date, organisation, threatLevel, analysis, distribution, sharingGroup } = texts;
  return (
    [id, uuid, info, date, organisation, threatLevel, analysis, distribution, sharingGroup].every(isText) &&
    [attributes, objects, reports].every(Number.isFinite) &&
    isList(tags) &&
    tags.every((tag) => isRecord(tag) && isText(tag.name)) &&
    isList(types) &&
    types.every((type) => isRecord(type) && isText(type.name) && Number.isFinite(type.count))
  );
}

const isText = (value: unknown) => typeof value === 'string';
const isMoment = (value: unknown) => typeof value === 'number' && Math.abs(value) <= LAST_MOMENT;
