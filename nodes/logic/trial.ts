import { checkFields } from '../check-fields';
import type { Config, Description, Fields } from '../definition';
import { migrate, type Saved } from '../migrate';

/** What a node would do with data. */
export interface Trial {
  /** The output that the message would take. */
  outcome: string;
  /** What of the data was looked at. */
  found: unknown;
}

const trials = new Map<string, (settings: Saved, data: unknown) => Trial>();

/** Makes a node type's decision available to the editor, for settings that are not deployed. */
export function offerTrial<F extends Fields>(
  description: Description<F>,
  decide: (config: Config<F>, data: unknown) => Trial,
): void {
  trials.set(description.type, (form, data) => {
    const settings = migrate(description, form);
    checkFields(description.fields, settings);
    return decide(settings as unknown as Config<F>, data);
  });
}

/**
 * Tries a node's settings on data.
 * @returns undefined for a type that decides nothing
 * @throws what is wrong with the settings, or what the decision throws
 */
export function tryNode(type: string, settings: Saved, data: unknown): Trial | undefined {
  return trials.get(type)?.(settings, data);
}
