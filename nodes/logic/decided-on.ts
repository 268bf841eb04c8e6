import { readsOfPath, type EventReads } from '../../src/event/attribute-paths';
import { eventData } from '../../src/event/event-data';
import type { ThinDataError } from '../../src/event/errors';
import { missingFor } from '../../src/event/thin-data';
import type { Message } from '../../src/runs/message';
import { looksAtAttributes } from '../attributes-when';
import { filtersOf } from '../../src/runs/message';
import type { NodeContext } from '../adaptor';
import type { Description, Fields } from '../definition';

/** How nodes deal with data that MISP cut down. */
export const AS_MISP_FIELD = {
  asMisp: { kind: 'checkbox', default: false, advanced: true },
} as const satisfies Fields;

/** What a node looks at besides attributes, which its description tells; undefined: not at an event. */
export type NodeReads = Omit<EventReads, 'attributes'> | undefined;

/** What a node decides on, and what is missing of it where it decides all the same. */
export interface DecidedOn {
  data: unknown;
  missing?: ThinDataError;
}

/** The reads of a node that is given a path. */
export function readsOfPaths(path: string, inItem = ''): NodeReads {
  const reads = readsOfPath(path);
  return reads && { ...reads, tags: reads.tags || readsOfPath(`Event.${inItem}`)?.tags };
}

/**
 * Makes what a node decides on from a message: the one event in core format, with all that the node looks at.
 * @throws EventDataError if there is no event, or MISP cut away what the node looks at and it is not to go on as MISP
 */
export function decidedOn(
  description: Pick<Description, 'attributesWhen' | 'fields'>,
  settings: Readonly<Record<string, unknown>>,
  reads: NodeReads,
): (message: Message) => DecidedOn {
  if (!reads) return ({ payload }) => ({ data: payload });
  const all: EventReads = { ...reads, attributes: looksAtAttributes(description, settings) };
  return (message) => {
    const data = eventData(message.payload, all);
    // What a filter of the flow hides is not missing.
    const whole = filtersOf(message)?.whole ?? data;
    const missing = missingFor(whole === data ? data : eventData(whole), all);
    if (missing && settings.asMisp !== true) throw missing;
    return missing ? { data, missing } : { data };
  };
}

/** `decidedOn` for a node that runs: it says so in its status where it decides on data that lacks something. */
export function lookingAt<F extends Fields>(
  { config, connection }: Pick<NodeContext<F>, 'config' | 'connection'>,
  description: Pick<Description, 'attributesWhen' | 'fields'>,
  reads: NodeReads,
): (message: Message) => unknown {
  const look = decidedOn(description, config, reads);
  let shown = false;
  return (message) => {
    const { data, missing } = look(message);
    if (missing) connection('thinAsMisp', 'yellow', 'ring');
    else if (shown) connection();
    shown = missing !== undefined;
    return data;
  };
}

/** The field that nodes have which look at attributes or tags. */
export function withAsMisp<F extends Fields>({
  fields,
  attributesWhen,
}: Pick<Description<F>, 'fields' | 'attributesWhen'>): { fields: F } {
  return { fields: attributesWhen === undefined ? fields : { ...fields, ...AS_MISP_FIELD } };
}
