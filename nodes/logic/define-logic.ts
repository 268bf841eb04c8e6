import type { Message } from '../../src/runs/tracker';
import { defineNode } from '../adaptor';
import type { Config, Description, Fields } from '../definition';
import { jsonataOf, type Jsonata } from '../jsonata';
import { offerTrial } from './trial';

/** What a logic node says of itself; the rest is the same for all of them. */
type LogicDescription<F extends Fields> = Omit<Description<F>, 'family' | 'inputs' | 'outputs' | 'harmless'>;

/** What a decision comes to, and what of the message it compared, to be shown when a user tries it. */
export interface Decision {
  decide: (message: Message) => boolean | Promise<boolean>;
  lookAt: (message: Message) => unknown;
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
    family: 'logic',
    inputs: 1,
    outputs: ['then', 'else'],
    harmless: true,
    trial: true,
  };
  offerTrial(full, async (config, message, jsonata) => {
    const { decide, lookAt } = prepare(config, jsonata);
    const [isSo, found] = await Promise.all([decide(message), lookAt(message)]);
    return { outcome: isSo ? 'then' : 'else', found };
  });
  return defineNode<F>(full, ({ RED, node, config }) => {
    const { decide } = prepare(config, jsonataOf(RED, node));
    const route = (message: Message, isSo: boolean) => (isSo ? [message, undefined] : [undefined, message]);
    return {
      input(message) {
        const answer = decide(message);
        // Most decisions are made at once; a promise would let other messages overtake.
        return typeof answer === 'boolean'
          ? route(message, answer)
          : answer.then((isSo) => route(message, isSo));
      },
    };
  });
}

/** A decision of MISP's, on the payload. */
export function onPayload(decide: (data: unknown) => boolean, lookAt: (data: unknown) => unknown): Decision {
  return { decide: ({ payload }) => decide(payload), lookAt: ({ payload }) => lookAt(payload) };
}
