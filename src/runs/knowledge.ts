import type { TrackedNode } from './reception';
import type { Traits } from './traits';

/** What the tracker asks about nodes: it knows no flow file itself. */
export interface Knowledge {
  traits(node: TrackedNode): Traits;
  /** Whether a block can be reached from the node. */
  mayBlock(node: TrackedNode): boolean;
  /** Whether an error of the node decides about the run (not for failed notifications). */
  errorsCount(node: TrackedNode): boolean;
  /** Whether the node exists at this moment: during a redeploy some do not. */
  exists(nodeId: string): boolean;
  /** A node that stands in the flow and is not disabled, but could not be made. */
  missing(nodeId: string): TrackedNode | undefined;
  /** Whether the node changes nothing, so that a run may be repeated behind it. */
  harmless(node: TrackedNode): boolean;
  /** Whether the node may change something outside of Node-RED, so that a run with it may be a part of a loop. */
  acts(node: TrackedNode): boolean;
}
