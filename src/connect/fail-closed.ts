/**
 * The workflow that MISP goes on with only if our flow has cleared the event: MISP's own blocks take the clearance away,
 * ask us, read the event again, and stop unless it carries the tag. Measured on MISP 2.5.1 (docs/fail-closed.md).
 */
import { blocksOf, moduleOf, type MispBlock, type MispGraph } from '../actions/misp-graph';
import { isSet } from '../event/flags';
import { textOf } from '../event/values';
import { nextOf, onlyBefore, outputTowards, paramsOf, stopsAt, waitedFor } from './graph-ways';
import { triggerBlock, type Chain, type Part } from './splice';

/** The tag by which a flow clears an event, unless it is called otherwise. */
export const CLEARED = 'node-red:cleared';

/** MISP's own modules that it is drawn with; each must be on. */
export const FAIL_CLOSED_MODULES = [
  'tag_operation',
  'reload-full-event',
  'tag-if',
  'stop-execution',
] as const;

/** Our module, and nothing else. MISP goes on if it is not answered. */
export function plainChain(module: string, drawn?: MispBlock): Chain {
  return { parts: { ours: ours(module, drawn) }, exit: { part: 'ours', output: 'output_1' } };
}

/** Our module, and around it what stops MISP unless the flow has cleared the event. */
export function failClosedChain(module: string, tag: string, drawn?: MispBlock): Chain {
  const remove: Part = {
    module: 'tag_operation',
    kind: 'action',
    params: { scope: 'event', action: 'remove', locality: 'any', tags: [tag], relationship_type: '' },
  };
  const reload: Part = { module: 'reload-full-event', kind: 'action' };
  const isCleared: Part = {
    module: 'tag-if',
    kind: 'logic',
    params: { scope: 'event', condition: 'in_or', tags: [tag], clusters: [] },
  };
  return {
    parts: {
      remove: { ...remove, ways: { output_1: 'reload' } },
      // Before our module too: else the flow sees the old tag, and adds none.
      reload: { ...reload, ways: { output_1: 'stuck' } },
      // Where the removal did not work, an old clearance must not count.
      stuck: { ...isCleared, ways: { output_1: 'stop', output_2: 'ours' } },
      ours: { ...ours(module, drawn), ways: { output_1: 'again' } },
      again: { ...reload, ways: { output_1: 'cleared' } },
      cleared: { ...isCleared, ways: { output_1: 'tidy', output_2: 'stop' } },
      tidy: remove,
      // Without a message: one is a template, and with the service of templates away MISP gives no reason at all.
      stop: { module: 'stop-execution', kind: 'action' },
    },
    exit: { part: 'tidy', output: 'output_1' },
  };
}

function ours(module: string, drawn?: MispBlock): Part {
  return { module, kind: 'action', ...(drawn ? { drawn } : {}) };
}

/**
 * Whether each block of our module stands between what takes the clearance away and what stops without it, whoever has
 * drawn it: blocks that change nothing may stand between.
 */
export function isFailClosed(graph: MispGraph, module: string, tag: string): boolean {
  const reached = waitedFor(graph);
  const own = blocksOf(graph, module).filter((id) => reached.has(id));
  const trigger = triggerBlock(graph)?.[1];
  if (own.length === 0 || !trigger || !isSet(trigger.data.misp_core_format)) return false;
  return own.every((id) => isGuardedBefore(graph, id, tag) && isGuardedBehind(graph, id, tag));
}

/** The tag without which a graph stops what our module has let go on; undefined if it asks for none. */
export function closingTag(graph: MispGraph, module: string): string | undefined {
  return tagsAskedFor(graph).find((tag) => isFailClosed(graph, module, tag));
}

/** The tag without which a graph stops what any module has let go on, and that module. */
export function closingTagOfAny(graph: MispGraph): { module: string; tag: string } | undefined {
  const modules = new Set(Object.values(graph).map(moduleOf));
  for (const tag of tagsAskedFor(graph)) {
    for (const module of modules) if (isFailClosed(graph, module, tag)) return { module, tag };
  }
  return undefined;
}

function tagsAskedFor(graph: MispGraph): string[] {
  const tags = Object.values(graph).flatMap((block) => {
    const { tags: list } = paramsOf(block);
    return moduleOf(block) === 'tag-if' && Array.isArray(list) && list.length === 1 ? [textOf(list[0])] : [];
  });
  return [...new Set(tags)].filter((tag) => tag !== '');
}

function isGuardedBehind(graph: MispGraph, id: string, tag: string): boolean {
  return nextOf(graph, id, 'output_1', 'reload-full-event').some((reload) =>
    nextOf(graph, reload, 'output_1', 'tag-if').some(
      (asks) => isTagIf(graph[asks], tag) && stopsAt(graph, asks, 'output_2'),
    ),
  );
}

function isGuardedBefore(graph: MispGraph, id: string, tag: string): boolean {
  const asks = onlyBefore(graph, id, 'tag-if');
  if (asks === undefined || !isTagIf(graph[asks], tag)) return false;
  if (outputTowards(graph, asks, id) !== 'output_2' || !stopsAt(graph, asks, 'output_1')) return false;
  const reload = onlyBefore(graph, asks, 'reload-full-event');
  if (reload === undefined) return false;
  const removes = onlyBefore(graph, reload, 'tag_operation');
  return removes !== undefined && isRemoval(graph[removes], tag);
}

const isExactly = (list: unknown, tag: string) => Array.isArray(list) && list.length === 1 && list[0] === tag;

/** Of one tag, "any" and "all" are the same. */
const HAS_IT: readonly unknown[] = ['in_or', 'in_and'];

function isTagIf(block: MispBlock, tag: string): boolean {
  const { scope, condition, tags, clusters } = paramsOf(block);
  const isAlone = !Array.isArray(clusters) || clusters.length === 0;
  return scope === 'event' && HAS_IT.includes(condition) && isExactly(tags, tag) && isAlone;
}

function isRemoval(block: MispBlock, tag: string): boolean {
  const { scope, action, locality, tags } = paramsOf(block);
  return scope === 'event' && action === 'remove' && locality === 'any' && isExactly(tags, tag);
}
