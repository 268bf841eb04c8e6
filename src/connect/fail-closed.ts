/**
 * The workflow that MISP goes on with only if our flow has cleared the event: MISP's own blocks take the clearance away,
 * ask us, read the event again, and stop unless it carries the tag. Measured on MISP 2.5.1 (docs/fail-closed.md).
 */
import { blocksOf, moduleOf, placesIn, portsOf, type MispBlock, type MispGraph } from '../actions/misp-graph';
import { isSet } from '../event/flags';
import { isRecord, textOf } from '../event/values';
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

/** Whether each block of our module stands between what takes the clearance away and what stops without it. */
export function isFailClosed(graph: MispGraph, module: string, tag: string): boolean {
  const own = blocksOf(graph, module);
  const trigger = triggerBlock(graph)?.[1];
  if (own.length === 0 || !trigger || !isSet(trigger.data.misp_core_format)) return false;
  return own.every((id) => isGuardedBefore(graph, id, tag) && isGuardedBehind(graph, id, tag));
}

/** The tag without which a graph stops what our module has let go on; undefined if it asks for none. */
export function closingTag(graph: MispGraph, module: string): string | undefined {
  const tags = Object.values(graph).flatMap((block) => {
    const { tags: list } = paramsOf(block);
    return moduleOf(block) === 'tag-if' && Array.isArray(list) && list.length === 1 ? [textOf(list[0])] : [];
  });
  return tags.find((tag) => tag !== '' && isFailClosed(graph, module, tag));
}

function isGuardedBehind(graph: MispGraph, id: string, tag: string): boolean {
  const reload = next(graph, id, 'output_1');
  const asks =
    reload !== undefined &&
    moduleOf(graph[reload]) === 'reload-full-event' &&
    next(graph, reload, 'output_1');
  if (!asks || !isTagIf(graph[asks], tag)) return false;
  return isStop(graph, next(graph, asks, 'output_2'));
}

function isGuardedBefore(graph: MispGraph, id: string, tag: string): boolean {
  const asks = only(graph, id);
  if (asks === undefined || !isTagIf(graph[asks], tag)) return false;
  if (next(graph, asks, 'output_2') !== id || !isStop(graph, next(graph, asks, 'output_1'))) return false;
  const reload = only(graph, asks);
  if (reload === undefined || moduleOf(graph[reload]) !== 'reload-full-event') return false;
  const removes = only(graph, reload);
  return removes !== undefined && isRemoval(graph[removes], tag);
}

/** What an output leads to. */
function next(graph: MispGraph, id: string, output: string): string | undefined {
  const [found] = portsOf(graph[id].outputs)[output] ?? [];
  const to = found && textOf(found.node);
  return to !== undefined && graph[to] ? to : undefined;
}

/** The one block that leads to another. */
function only(graph: MispGraph, id: string): string | undefined {
  const ways = placesIn(graph).filter(({ to }) => to === id);
  return ways.length === 1 ? ways[0].from : undefined;
}

const paramsOf = (block: MispBlock): Readonly<Record<string, unknown>> =>
  isRecord(block.data.indexed_params) ? block.data.indexed_params : {};
const isExactly = (list: unknown, tag: string) => Array.isArray(list) && list.length === 1 && list[0] === tag;
const isStop = (graph: MispGraph, id: string | undefined) =>
  id !== undefined && moduleOf(graph[id]) === 'stop-execution';

function isTagIf(block: MispBlock, tag: string): boolean {
  const { scope, condition, tags, clusters } = paramsOf(block);
  const isAlone = !Array.isArray(clusters) || clusters.length === 0;
  return (
    moduleOf(block) === 'tag-if' &&
    scope === 'event' &&
    condition === 'in_or' &&
    isExactly(tags, tag) &&
    isAlone
  );
}

function isRemoval(block: MispBlock, tag: string): boolean {
  const { scope, action, locality, tags } = paramsOf(block);
  const isIt = scope === 'event' && action === 'remove' && locality === 'any' && isExactly(tags, tag);
  return moduleOf(block) === 'tag_operation' && isIt;
}
