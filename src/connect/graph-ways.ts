/** A graph as MISP walks it: what a block leads to, and what alone leads to it. */
import { moduleOf, placesIn, portsOf, waysFrom, type MispBlock, type MispGraph } from '../actions/misp-graph';
import { isRecord, textOf } from '../event/values';
import { triggerBlock } from './splice';

/** Modules of MISP that tell somebody or read: between blocks that belong together they change nothing. */
const HARMLESS: readonly string[] = [
  ...['ms-teams-webhook', 'push-zmq', 'reload-full-event', 'send-log-mail', 'send-mail'],
  ...['splunk-hec-export', 'telegram-send-alert', 'webhook'],
];

/** The ids of the blocks that MISP comes to while it waits; what is behind a concurrent task it does not wait for. */
export function waitedFor(graph: MispGraph): Set<string> {
  return reachable(graph, ({ from }) => moduleOf(graph[from]) !== 'concurrent-task');
}

/** The ids of all blocks that the trigger leads to. */
export function reachable(
  graph: MispGraph,
  goesOn: (way: { from: string }) => boolean = () => true,
): Set<string> {
  const start = triggerBlock(graph)?.[0];
  const found = new Set<string>();
  const open = start === undefined ? [] : [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id) || !graph[id]) continue;
    found.add(id);
    for (const way of waysFrom(graph, id)) if (way.to !== undefined && goesOn(way)) open.push(way.to);
  }
  return found;
}

/** All blocks that an output leads to. */
function next(graph: MispGraph, id: string, output: string): string[] {
  const connections = portsOf(graph[id].outputs)[output] ?? [];
  return connections.map(({ node }) => textOf(node)).filter((to) => graph[to] !== undefined);
}

/** The blocks of a module that an output leads to, also behind some that change nothing. */
export function nextOf(graph: MispGraph, id: string, output: string, module: string): string[] {
  return follow((from) => next(graph, from, from === id ? output : 'output_1'));

  function follow(ways: (from: string) => string[]): string[] {
    const seen = new Set<string>();
    const open = ways(id);
    const found: string[] = [];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at) || at === id) continue;
      seen.add(at);
      if (moduleOf(graph[at]) === module) found.push(at);
      else if (HARMLESS.includes(moduleOf(graph[at]))) open.push(...ways(at));
    }
    return found;
  }
}

/** The block of a module that alone leads to another, perhaps through some that change nothing. */
export function onlyBefore(graph: MispGraph, id: string, module: string): string | undefined {
  const seen = new Set([id]);
  for (let at = only(graph, id); at !== undefined && !seen.has(at); at = only(graph, at)) {
    seen.add(at);
    if (moduleOf(graph[at]) === module) return at;
    if (!HARMLESS.includes(moduleOf(graph[at]))) return undefined;
  }
  return undefined;
}

/** The output by which one block leads on, perhaps through some that change nothing, to another that it alone leads to. */
export function outputTowards(graph: MispGraph, from: string, to: string): string | undefined {
  let at = to;
  for (let steps = Object.keys(graph).length; steps > 0; steps--) {
    const ways = placesIn(graph).filter((way) => way.to === at);
    if (ways.length !== 1) return undefined;
    if (ways[0].from === from) return ways[0].output;
    at = ways[0].from;
  }
  return undefined;
}

/** Whether an output leads to MISP's stop. */
export function stopsAt(graph: MispGraph, id: string, output: string): boolean {
  return nextOf(graph, id, output, 'stop-execution').length > 0;
}

/** The one block that leads to another. */
function only(graph: MispGraph, id: string): string | undefined {
  const ways = placesIn(graph).filter(({ to }) => to === id);
  return ways.length === 1 ? ways[0].from : undefined;
}

/** The parameters of a block. */
export const paramsOf = (block: MispBlock): Readonly<Record<string, unknown>> =>
  isRecord(block.data.indexed_params) ? block.data.indexed_params : {};
