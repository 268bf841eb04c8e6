import type { Message } from './message';
import { labelOf, type Group, type TrackedNode } from './reception';
import type { Run } from './run';
import type { Traits } from './traits';
import { MIXES } from './trust';

/** How a node treats this very message. */
export function forMessage(traits: Traits, { type }: TrackedNode, message: Message): Traits {
  if (traits.groups && mayBeOfSeveralRuns(partsId(message))) return MIXES;
  // A delay node that is told to flush or reset calls done for messages that it still keeps.
  const isCommand = type === 'delay' && (message.flush !== undefined || message.reset !== undefined);
  return isCommand ? { ...traits, completion: 'unknown' } : traits;
}

/** Messages without `msg.parts` are in no group; the node says so and drops them. */
export function groupOf(run: Run, node: TrackedNode, message: Message): Group {
  const id = partsId(message);
  return run.groupAt(node.id, typeof id === 'string' ? id : labelOf(node));
}

/**
 * Node-RED's nodes group messages by ids that are never used twice. One that a flow makes itself, of the topic or
 * a uuid, may be that of another run, too.
 */
function mayBeOfSeveralRuns(id: unknown): boolean {
  return id !== undefined && !(typeof id === 'string' && /^[0-9a-f]{16}$/.test(id));
}

const partsId = ({ parts }: Message) => (parts as { id?: unknown } | null | undefined)?.id;
