import type { Message } from '../../src/runs/tracker';
import { defineNode } from '../adaptor';
import type { Config, Description, Fields } from '../definition';
import { jsonataOf, type Jsonata } from '../jsonata';
import { decidedOn, lookingAt, withAsMisp, type NodeReads } from './decided-on';
import { offerTrial } from './trial';

/** What a logic node says of itself; the rest is the same for all of them. */
type LogicDescription<F extends Fields> = Omit<Description<F>, 'family' | 'inputs' | 'outputs' | 'harmless'>;

/** What a decision comes to, and what of the message it compared, to be shown when a user tries it. */
export interface Decision {
  /** What of an event the decision looks at; left out if it is about other data. */
  reads?: NodeReads;
  /** @param data the event in core format, or the payload if the decision is about other data */
  decide: (data: unknown, message: Message) => boolean | Promise<boolean>;
  lookAt: (data: unknown, message: Message) => unknown;
}

/**
 * A logic module of MISP: one decision, two outputs, `then` and `else`. The message goes on unchanged.
 * @param prepare gets the settings once per deploy
 */
export function defineLogic<const F extends Fields>(
  description: LogicDescription<F>,
  prepare: (config: Config<F>, jsonata: Jsonata) => Decision,
) {
  const full: Description<F> = {
    ...description,
    ...withAsMisp(description),
    family: 'logic',
    inputs: 1,
    outputs: ['then', 'else'],
    harmless: true,
    trial: true,
  };
  offerTrial(full, async (config, message, jsonata) => {
    const { decide, lookAt, reads } = prepare(config, jsonata);
    const { data } = decidedOn(full, config, reads)(message);
    const [isSo, found] = await Promise.all([decide(data, message), lookAt(data, message)]);
    return { outcome: isSo ? 'then' : 'else', found };
  });
  return defineNode<F>(full, (context) => {
    const { RED, node, config } = context;
    const { decide, reads } = prepare(config, jsonataOf(RED, node));
    const look = lookingAt(context, full, reads);
    const route = (message: Message, isSo: boolean) => (isSo ? [message, undefined] : [undefined, message]);
    return {
      input(message) {
        const answer = decide(look(message), message);
        // Most decisions are made at once; a promise would let other messages overtake.
        return typeof answer === 'boolean'
          ? route(message, answer)
          : answer.then((isSo) => route(message, isSo));
      },
    };
  });
}
