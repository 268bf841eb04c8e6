import type { Message } from '../../src/runs/message';
import { defineNode } from '../adaptor';
import type { Config, Description, Fields } from '../definition';
import { jsonataOf, type Jsonata } from '../jsonata';
import { decidedOn, lookingAt, withAsMisp, type NodeReads } from './decided-on';
import { offerTrial } from './trial';

/** What a logic node says of itself; the rest is the same for all of them. */
type LogicDescription<F extends Fields> = Omit<Description<F>, 'family' | 'inputs' | 'outputs' | 'harmless'>;

/** The output that a message takes, and what of it was compared; looked up only where somebody reads it. */
export interface Decided {
  way: 'then' | 'else';
  found: () => unknown;
}

/** How a node decides. */
export interface Decision {
  /** What of an event the decision looks at; left out if it is about other data. */
  reads?: NodeReads;
  /** @param data the event in core format, or the payload if the decision is about other data */
  decide: (data: unknown, message: Message) => boolean | Promise<boolean>;
  /** What of the data is compared. */
  lookAt: (data: unknown, message: Message) => unknown;
}

/** Most decisions are made at once; a promise would let other messages overtake. */
function judge({ decide, lookAt }: Decision, data: unknown, message: Message): Decided | Promise<Decided> {
  const decided = (isSo: boolean): Decided => ({
    way: isSo ? 'then' : 'else',
    found: () => lookAt(data, message),
  });
  const answer = decide(data, message);
  return typeof answer === 'boolean' ? decided(answer) : answer.then(decided);
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
    const decision = prepare(config, jsonata);
    const { data } = decidedOn(full, config, decision.reads)(message);
    const { way, found } = await judge(decision, data, message);
    return { outcome: way, found: await found() };
  });
  return defineNode<F>(full, (context) => {
    const { RED, node, config } = context;
    const decision = prepare(config, jsonataOf(RED, node));
    const look = lookingAt(context, full, decision.reads);
    const route = (message: Message, { way, found }: Decided) => {
      context.note(message, async () => ({ what: 'decided', way, found: await found() }));
      context.statusSoon(`way.${way}`);
      return way === 'then' ? [message, undefined] : [undefined, message];
    };
    return {
      input(message) {
        const decided = judge(decision, look(message), message);
        return decided instanceof Promise
          ? decided.then((then) => route(message, then))
          : route(message, decided);
      },
    };
  });
}
