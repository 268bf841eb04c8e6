import type { MispClient } from '../../../src/misp/client';
import type { Message } from '../../../src/runs/message';
import { defineNode, type Behaviour, type NodeContext, type Outputs } from '../../adaptor';
import type { Description, Fields } from '../../definition';
import { settingsFor } from './define-action';
import { SERVER_FIELD, serverOf } from './define-misp-action';
import { closingController } from './closing';

/** What a node is given that reads from a MISP. */
export interface Source {
  client: MispClient;
  /** Aborted when the node is closed: nobody waits for the rest. */
  signal: AbortSignal;
}

/** Reads for a message, and says what goes on; nothing if it has sent that itself. */
export type Read = (message: Message) => Promise<Outputs | undefined>;

const { onFailure } = settingsFor('stop');
type ReadingFields = typeof SERVER_FIELD & { onFailure: typeof onFailure };

type ReadingDescription<F extends Fields> = Omit<Description<F>, 'family' | 'inputs'>;

/**
 * A node that reads from a MISP and changes nothing there: it works in test runs and while MISP saves, too. If it
 * fails, the path stops with an error, or the message goes on as it came, as its user says.
 * @param create gets the settings once per deploy
 */
export function defineReading<const F extends Fields>(
  description: ReadingDescription<F>,
  create: (context: NodeContext<F & ReadingFields>, source: Source) => Read,
) {
  const fields = { ...SERVER_FIELD, ...description.fields, onFailure };
  return defineNode<F & ReadingFields>({ ...description, family: 'actions', inputs: 1, fields }, (context) =>
    readingBehaviour(context, (source) => create(context, source)),
  );
}

/** What a node does that reads. */
export function readingBehaviour(
  context: NodeContext<ReadingFields>,
  create: (source: Source) => Read,
): Behaviour {
  const closing = closingController();
  const { signal } = closing;
  const read = create({ client: serverOf(context).client, signal });
  return {
    async input(message) {
      try {
        const outputs = await read(message);
        return signal.aborted ? undefined : outputs;
      } catch (error) {
        if (signal.aborted) return undefined; // whatever came of it
        if (context.config.onFailure === 'stop') throw error;
        context.wentOn(error, message);
        return [message];
      }
    },
    close: () => closing.abort(),
  };
}
