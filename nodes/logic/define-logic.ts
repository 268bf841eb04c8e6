import { defineNode } from '../adaptor';
import type { Config, Description, Fields } from '../definition';
import { offerTrial } from './trial';

/** What a logic node says of itself; the rest is the same for all of them. */
type LogicDescription<F extends Fields> = Omit<Description<F>, 'family' | 'inputs' | 'outputs' | 'harmless'>;

/**
 * A logic module of MISP: one decision, two outputs, `then` and `else`. The message goes on unchanged.
 * @param prepare gets the settings once per deploy and returns the decision
 * @param lookAt what of the data the decision compares, to be shown when a user tries it
 */
export function defineLogic<const F extends Fields>(
  description: LogicDescription<F>,
  prepare: (config: Config<F>) => (data: unknown) => boolean,
  lookAt: (config: Config<F>, data: unknown) => unknown,
) {
  const full: Description<F> = {
    ...description,
    family: 'logic',
    inputs: 1,
    outputs: ['then', 'else'],
    harmless: true,
    trial: true,
  };
  offerTrial(full, (config, data) => ({
    outcome: prepare(config)(data) ? 'then' : 'else',
    found: lookAt(config, data),
  }));
  return defineNode<F>(full, ({ config }) => {
    const decide = prepare(config);
    return {
      input: (message) => (decide(message.payload) ? [message, undefined] : [undefined, message]),
    };
  });
}
