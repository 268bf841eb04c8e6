/** Which module is asked about which attribute, and how. Pure: who asks is in `asker`. */
import type { MispAttribute } from '../event/core';
import { omit } from '../event/edit';
import { textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { ModuleInfo } from './list';
import { configFor, type ModuleSettings } from './settings';

/** One module for one attribute. */
export interface Question {
  module: ModuleInfo;
  attribute: MispAttribute;
  /** What is sent, as MISP's attach-enrichment does. */
  body: Record<string, unknown>;
  /** The same for all questions that have the same answer. */
  key: string;
}

/**
 * The modules that are chosen, in the order in which they are chosen.
 * @throws {WorkflowError} if none is chosen, or one is not there
 */
export function chosenModules(names: readonly string[], known: readonly ModuleInfo[]): ModuleInfo[] {
  const chosen = [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))];
  if (chosen.length === 0) throw new WorkflowError('enrich.noModule');
  return chosen.map((name) => {
    const module = known.find((one) => one.name === name);
    if (!module) throw new WorkflowError('enrich.unknownModule', { module: name.slice(0, 100) });
    return module;
  });
}

/** Each attribute with each module that takes its type; attribute by attribute, as MISP asks. */
export function questionsFor(
  attributes: readonly MispAttribute[],
  modules: readonly ModuleInfo[],
  { eventId, settings, service }: { eventId: string; settings: ModuleSettings; service: string },
): Question[] {
  return attributes.flatMap((attribute) =>
    modules
      .filter(({ input }) => input.includes(textOf(attribute.type)))
      .map((module) => {
        const config = configFor(module, settings);
        const asked = { event_id: eventId, config, module: module.name, ...subject(attribute, module) };
        const { type, value } = attribute;
        const key = JSON.stringify([service, module.name, module.format, type, value, config]);
        return { module, attribute, body: asked, key };
      }),
  );
}

/** What the question is about, in the module's format. */
function subject(attribute: MispAttribute, { format }: ModuleInfo): Record<string, unknown> {
  if (format === 'plain') return { [textOf(attribute.type)]: attribute.value };
  // What other modules have said is not theirs to know.
  return { attribute: omit(attribute, 'enrichment') };
}
