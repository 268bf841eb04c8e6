import type { Message } from '../../src/runs/message';
import { checkFields } from '../check-fields';
import type { Config, Description, Fields, Saved } from '../definition';
import type { Jsonata } from '../jsonata';
import { migrate } from '../migrate';

/** What a node would do with data. */
export interface Trial {
  /** The output that the message would take. */
  outcome: string;
  /** What of the data was looked at. */
  found: unknown;
}

type Decide<C> = (config: C, message: Message, jsonata: Jsonata) => Trial | Promise<Trial>;

const trials = new Map<string, Decide<Saved>>();

/** Makes a node type's decision available to the editor, for settings that are not deployed. */
export function offerTrial<F extends Fields>(description: Description<F>, decide: Decide<Config<F>>): void {
  trials.set(description.type, (form, message, jsonata) => {
    const settings = migrate(description, form);
    checkFields(description.fields, settings);
    return decide(settings as unknown as Config<F>, message, jsonata);
  });
}

/**
 * Tries a node's settings on a message.
 * @returns undefined for a type that decides nothing
 * @throws what is wrong with the settings, or what the decision throws
 */
export async function tryNode(
  jsonata: Jsonata,
  type: string,
  settings: Saved,
  message: Message,
): Promise<Trial | undefined> {
  return trials.get(type)?.(settings, message, jsonata);
}
