/**
 * What has become of a request: it waits; one of those who may approve said yes or no; nobody did in time; its state of
 * the event has passed; or the event is another one by now.
 */
export type ApprovalState = 'waiting' | 'approved' | 'refused' | 'expired' | 'used' | 'replaced';

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
