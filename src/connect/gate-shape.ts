/** The shape of a workflow that goes on only if a module of the Enrichment service has said a word (gate.ts). */
import { blocksOf, moduleOf, type MispGraph } from '../actions/misp-graph';
import { isSet } from '../event/flags';
import { textOf } from '../event/values';
import { nextOf, paramsOf, stopsAt, waitedFor } from './graph-ways';
import type { GateWish } from './services-wish';
import { triggerBlock } from './splice';

/** Where MISP puts what modules of the plain format answer. */
export const ANSWERS = 'Event._AttributeFlattened.{n}.enrichment.{n}.{n}.values.{n}';

/** Whether MISP stops behind the module unless it has said the word, whoever has drawn it. */
export function isGated(graph: MispGraph, { module, word }: Pick<GateWish, 'module' | 'word'>): boolean {
  const trigger = triggerBlock(graph)?.[1];
  if (!trigger || !isSet(trigger.data.misp_core_format)) return false;
  const own = askingBlocks(graph, module);
  return (
    own.length > 0 &&
    own.every((id) => asksAlone(graph, id, module)) &&
    own.every((id) =>
      nextOf(graph, id, 'output_1', 'generic-if').some(
        (said) =>
          isAbout(graph, said) &&
          textOf(paramsOf(graph[said]).value) === word &&
          stopsAt(graph, said, 'output_2'),
      ),
    )
  );
}

/** The module without whose word a graph stops, and that word; undefined if it asks for none. */
export function gateIn(graph: MispGraph): Pick<GateWish, 'module' | 'word'> | undefined {
  const modules = [...new Set(blocksOf(graph, 'attach-enrichment').flatMap((id) => asked(graph, id)))];
  const words = blocksOf(graph, 'generic-if').map((id) => textOf(paramsOf(graph[id]).value));
  const pairs = modules.flatMap((module) => words.map((word) => ({ module, word })));
  return pairs.find((pair) => isGated(graph, pair));
}

/** The blocks that ask a module while MISP waits. */
export function askingBlocks(graph: MispGraph, module: string): string[] {
  const reached = waitedFor(graph);
  return blocksOf(graph, 'attach-enrichment').filter(
    (id) => reached.has(id) && asked(graph, id).includes(module),
  );
}

/** The modules that other blocks ask: what they answer would clear as well. */
export function othersIn(graph: MispGraph, module: string): string[] {
  const all = blocksOf(graph, 'attach-enrichment').flatMap((id) => asked(graph, id));
  return all.filter((one) => one !== module);
}

const asked = (graph: MispGraph, id: string): string[] => [paramsOf(graph[id]).modules].flat().map(textOf);

/** Whether a block asks this module and no other: of several, any could say the word. */
export function asksAlone(graph: MispGraph, id: string, module: string): boolean {
  const modules = asked(graph, id);
  return moduleOf(graph[id]) === 'attach-enrichment' && modules.length === 1 && modules[0] === module;
}

/** Whether a block looks for a word in what modules answered. */
export function isAbout(graph: MispGraph, id: string): boolean {
  const { hash_path: path, operator } = paramsOf(graph[id]);
  return path === ANSWERS && operator === 'in';
}
