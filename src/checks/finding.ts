import type { NodeConfig } from '../runs/trust';
import type { Deaf } from './deaf';
import type { FieldKnowledge } from './fields';

/** Something in a flow that does not do what its author most likely wants. */
export interface Finding {
  /** What it is; the words for it are `checks.findings.<key>` in the texts. */
  key: FindingKey;
  /** MISP may go on unblocked, or stand still. */
  danger: boolean;
  /** Ids of the nodes that it is shown at; the first is the one that the words call the node. */
  nodes: string[];
  /** Id of the trigger that the words name. */
  trigger?: string;
  /** Name of the module that the words name. */
  module?: string;
  /** Name of the field that the words name. */
  field?: string;
  /** Outputs of the node that it is about. */
  outputs?: number[];
}

export type FindingKey =
  | 'unreachedResponse'
  | 'detachedResponse'
  | 'blockWithoutEffect'
  | 'unfinished'
  | 'unfinishedEnd'
  | 'writeBeforeSave'
  | 'writeBesideBeforeSave'
  | 'moduleTwice'
  | 'wayWithoutAnswer'
  | 'switchWithoutOtherwise'
  | 'endWithoutAnswer'
  | 'catchWithoutAnswer'
  | 'neverBlocks'
  | 'alwaysBlocks'
  | 'emptyStops'
  | 'leadsToDisabled'
  | 'lacks'
  | 'equalsSeveral'
  | 'deadlineTooLong'
  | 'clearsNothing'
  | 'approvalPassed'
  | 'noAttributes'
  | 'portTwice'
  | Deaf;

/** What is to be known of node types. */
export interface TypeKnowledge {
  isOurs: (type: string) => boolean;
  /** Whether nodes of the type change data in MISP. */
  writes: (type: string) => boolean;
  /** The fields of a type of ours, by name. */
  fieldsOf: (type: string) => Record<string, FieldKnowledge>;
  /** Whether a node of ours looks at the event's attributes. */
  looksAtAttributes: (node: NodeConfig) => boolean;
  /** What happens inside the node cannot be seen: an instance of a subflow that a package brings. */
  isOpaque?: (node: NodeConfig) => boolean;
  /** Why a listener that is deployed as it stands here does not listen. */
  whyDeaf?: (listener: NodeConfig) => Deaf | undefined;
}
