import type { Said } from '../text';
import type { AddAnalystData } from './analyst-data';
import type { AddToEvent } from './add-to-event';
import type { AskAi } from './ask-ai';
import type { CreateEvent } from './create-event';
import type { EnrichInMisp } from './enrich-in-misp';
import type { SetUpOperation } from './set-up';

/** A thing in MISP, by what is known of it. MISP takes either. */
export interface Ref {
  id?: string;
  uuid?: string;
}

/** What carries tags. */
export type TagScope = 'event' | 'attribute' | 'event-report';

interface TagChange {
  scope: TagScope;
  /** The event that is tagged, or that the items belong to. */
  event: Ref;
  /** Attributes or reports; empty for the event itself. */
  items: Ref[];
  /** Names, those of galaxy clusters as `misp-galaxy:country="belgium"`. */
  tags: string[];
}

/** Tags to add to one event, or to many of its attributes or reports. */
export interface AttachTags extends TagChange {
  do: 'attach-tags';
  local: boolean;
  relationship?: string;
  /** Create tags that MISP does not have; without it they are an error. */
  create?: boolean;
}

/** Tags to remove. Without `local`, whether local or global. */
export interface DetachTags extends TagChange {
  do: 'detach-tags';
  local?: boolean;
}

/** Fields of attributes of one event. */
export interface EditAttributes {
  do: 'edit-attributes';
  event: Ref;
  changes: { item: Ref; fields: AttributeFields }[];
}

export interface AttributeFields {
  to_ids?: boolean;
  comment?: string;
  category?: string;
  type?: string;
  value?: string;
  /** `0` to `3`, `4` with `sharing_group_id`, or `5`: as the event. */
  distribution?: string;
  sharing_group_id?: string;
  deleted?: boolean;
  /** ISO 8601, or empty to clear. */
  first_seen?: string;
  last_seen?: string;
}

/** Fields of an event. */
export interface EditEvent {
  do: 'edit-event';
  event: Ref;
  fields: EventFields;
  /** Keep timestamp and published state, which MISP else renews. */
  freeze: boolean;
}

export interface EventFields {
  info?: string;
  /** YYYY-MM-DD */
  date?: string;
  threat_level_id?: string;
  analysis?: string;
  distribution?: string;
  sharing_group_id?: string;
  extends_uuid?: string;
}

export interface PublishEvent {
  do: 'publish';
  event: Ref;
  /** Mail those who want to be told. */
  mail: boolean;
  /** Leave it to MISP's background jobs; else MISP answers when it is done. */
  queued: boolean;
}
export interface UnpublishEvent {
  do: 'unpublish';
  event: Ref;
}

/** Accept or discard what other organisations have proposed. */
export interface DecideProposal {
  do: 'accept-proposal' | 'discard-proposal';
  proposal: Ref;
  /** What is proposed, as MISP gives it. */
  proposed?: Readonly<Record<string, unknown>>;
}

export interface AddSightings {
  do: 'add-sightings';
  /** 0 sighting, 1 false positive, 2 expiration. */
  type: 0 | 1 | 2;
  /** Values seen anywhere, or single attributes. */
  values?: string[];
  items?: Ref[];
  source?: string;
  /** Unix seconds. */
  timestamp?: number;
}

export interface BlockEvent {
  do: 'block-event';
  uuid: string;
  info: string;
  org: string;
  comment: string;
}

export interface ExtendWarninglist {
  do: 'extend-warninglist';
  /** Id or name of a custom list. */
  list: string;
  values: string[];
}

/** Any call of MISP's REST API that may change something. */
export interface RestCall {
  do: 'rest-call';
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: unknown;
}

/** A workflow module of MISP, run once on data; whether it changes something is the module's affair. */
export interface RunModule {
  do: 'run-module';
  module: string;
  params: Record<string, unknown>;
  /** What the module works on, by reference: the message's payload. */
  data: unknown;
}

/** A workflow of MISP, run for one event, on data, or on what it searches itself; its blocks may change anything. */
export interface RunWorkflow {
  do: 'run-workflow';
  /** MISP's id, and what it is called. */
  workflow: string;
  name: string;
  /** The event that it is run for. */
  on?: Ref;
  /** What it is started with; data by reference. */
  input: Readonly<Record<string, unknown>>;
  /** Asked as MISP's page of the event does, with these variables, and without the input. */
  asPage?: Readonly<Record<string, string>>;
}

/** A change in MISP. What belongs to each stands in `src/misp/operations`. */
export type MispOperation =
  | AttachTags
  | DetachTags
  | EditAttributes
  | EditEvent
  | PublishEvent
  | UnpublishEvent
  | DecideProposal
  | AddAnalystData
  | AddSightings
  | AddToEvent
  | AskAi
  | CreateEvent
  | EnrichInMisp
  | BlockEvent
  | ExtendWarninglist
  | RestCall
  | RunModule
  | RunWorkflow
  | SetUpOperation;

/** A place for a secret of the node that sends. */
export interface SecretPlace {
  secret: string;
}
/** A text with places for secrets, which are put in when it is sent and never before. */
export type SecretText = readonly (string | SecretPlace)[];

/** A mail. With `bcc` nobody sees who else gets it. Texts and addresses as planned: the sender checks them. */
export interface SendMail {
  do: 'send-mail';
  from: string;
  to: readonly string[];
  bcc?: readonly string[];
  replyTo?: string;
  subject: string;
  text?: string;
  html?: string;
  attachments?: readonly MailAttachment[];
  /** Who was meant but gets nothing, and why: what is no address, or not allowed. */
  refused?: readonly { item: string; problem: Said }[];
}

/** `data`, by reference, as JSON. */
export interface MailAttachment {
  filename: string;
  data: unknown;
}

/** A request to something that is no MISP. */
export interface HttpRequest {
  do: 'http-request';
  method: HttpMethod;
  url: SecretText;
  headers: Readonly<Record<string, SecretText>>;
  /** By reference; what it becomes says `as`. A `sequence` is a list whose items are written as JSON one after another. */
  body?: { as: 'json' | 'form' | 'text' | 'sequence'; data: unknown };
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A message on a ZeroMQ channel. */
export interface ZmqPublish {
  do: 'zmq-publish';
  /** By reference; sent as JSON. */
  message: unknown;
}

/** A change of a list for firewalls. */
export interface UpdateList {
  do: 'update-list';
  list: string;
  /** How many entries come, and go, as the list is when this is planned. */
  added: number;
  removed: number;
  /** What is wanted of the list, by reference: nobody but the list reads it. */
  data: unknown;
}

/** Something that is sent to people or systems. */
export type SendOperation = SendMail | HttpRequest | ZmqPublish;

/** Everything an action would do, as plain data, in the order it is done. */
export type Plan<O extends Operation = Operation> = O[];
export type Operation = MispOperation | SendOperation | UpdateList;

/** What failed: `item` is an id or uuid if it concerns one item, `tags` if it concerns some of the tags only. */
export interface Failure {
  item?: string;
  problem: Said;
  tags?: string[];
  /** MISP does not take it as it is: to try again is of no use. */
  refused?: boolean;
  /**
   * Whoever was asked is away or busy: to try again later is of use. `perhaps`: it may have been done all the same;
   * `nothing`: it was not.
   */
  away?: Away;
  /** It was handed over, and is tried again. */
  again?: true;
}

export type Away = 'nothing' | 'perhaps';

/** What became of one operation. */
export interface OperationResult {
  operation: Operation;
  /**
   * `unchanged`: MISP had it already. `partial`: some items failed. `unknown`: MISP has taken it, what came of it
   * cannot be told.
   */
  state: 'planned' | 'done' | 'unchanged' | 'partial' | 'unknown' | 'failed';
  failures?: Failure[];
  /** Of a partial one, the items that were done, by uuid or id. */
  done?: string[];
  /** Of attached tags: their names as MISP spells them, where that differs. */
  spelled?: Readonly<Record<string, string>>;
  /** What the other side answered, where a flow can use it. */
  answer?: unknown;
}

/** `msg.misp.result` */
export interface ActionResult {
  /** Nothing was done: the plan only. */
  dryRun: boolean;
  operations: OperationResult[];
  /** Of an enrichment: what came of each value that was asked about. */
  enrichment?: EnrichmentCounts;
  /** Of what was added to an event: how much, where, and what was not. */
  created?: Created;
}

/** What came of the rows of a message. */
export interface Created {
  /** Where it is; without an id in a dry run. */
  event: { id?: string; uuid?: string; new: boolean };
  attributes: number;
  objects: number;
  reports: number;
  /** The event had it already, or another row said the same. */
  there: number;
  /** How many rows cannot be saved as they are, and which: the first 10,000. */
  refusedCount: number;
  refused: { row: number; what: string; problem: string }[];
}

/** How many values each outcome has. */
export interface EnrichmentCounts {
  result: number;
  nothing: number;
  failed: number;
  timedOut: number;
  /** The run had no time for them. */
  notAsked: number;
  /** Results that cannot be saved as they are. */
  notSaved: number;
  /** Why, some of them. */
  problems: string[];
}

/** Carries out plans. */
export type CarryOut<O extends Operation = Operation> = (
  plan: Plan<O>,
  control: Control,
) => Promise<OperationResult[]>;

export interface Control {
  /** Stops what has not begun. */
  signal: AbortSignal;
  /** Told of progress in a long plan. */
  progress(done: number, total: number): void;
  /** When the run that waits for this must have its answer, in milliseconds since 1970. */
  deadline?: number;
  /** Told how MISP has a thing after a write. */
  saved?: TellSaved;
}

/** What MISP answers about. */
export type SavedThing = 'event' | 'attribute' | 'object' | 'event-report' | 'analyst-data';

/**
 * @param set the fields that were set; that the thing is new; or, of an event, that something in it was changed, which
 *   the row does not show
 */
export type TellSaved = (
  thing: SavedThing,
  row: Readonly<Record<string, unknown>>,
  set: readonly string[] | 'new' | 'contents',
) => void;
