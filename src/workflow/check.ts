import type { TextKey } from '../text';
import { triggerById } from '../triggers/triggers';
import { byId, type Block, type Graph, type Note } from './graph';
import { factsOf, isAdHoc } from './modules';
import { inShort } from './read';
import { stepsFrom } from './walk';

/** What a MISP tells of its modules (`workflows/moduleIndex`), by their ids. */
export type MispModules = Readonly<Record<string, { disabled?: boolean; blocking?: boolean }>>;

/** What is checked against, besides the graph itself. */
export interface CheckOptions {
  /** The modules of the connected MISP; unknown ones are not pointed out without it. */
  modules?: MispModules;
}

/** A way on which a failure is to stop MISP, although MISP does not wait there. */
export interface PathWarning {
  from: string;
  to: string;
  /** The block that is to stop it. */
  block: Block;
}

/** What MISP's editor refuses, or warns of, as notes in words. */
export function checkGraph(graph: Graph, options: CheckOptions = {}): Note[] {
  const notes: Note[] = [];
  const add = (level: Note['level'], key: string, about: string[], params: Note['params'] = {}) =>
    notes.push({
      level,
      key: `workflow.${key}` as TextKey,
      params: { blocks: inShort(about), ...params },
      about,
    });
  const triggers = triggersOf(graph);
  if (triggers.length > 1)
    add(
      'error',
      'triggers',
      triggers.map(({ id }) => id),
    );
  if (triggers.length === 0) add(graph.form === 'workflow' ? 'error' : 'info', 'noTrigger', []);
  const cycle = findCycle(graph);
  if (cycle.length > 0) add('error', 'cycle', [...new Set(cycle.flat())]);
  const several = [...severalConnections(graph).keys()];
  if (several.length > 0) add('error', 'severalConnections', several);
  const late = [...new Set(pathWarnings(graph, options.modules).map(({ block }) => block.id))];
  if (late.length > 0) add('warning', 'blockingTooLate', late);
  const [trigger] = triggers;
  if (trigger && canBlock(trigger) === false) {
    const blocking = graph.blocks.filter((block) => isBlocking(block, options.modules)).map(({ id }) => id);
    if (blocking.length > 0) add('warning', 'cannotBlock', blocking, { trigger: trigger.module });
  }
  for (const [key, isSo] of moduleChecks(options.modules)) {
    const found = graph.blocks.filter(isSo);
    const modules = [...new Set(found.map(({ module }) => module))];
    if (found.length > 0)
      add(
        'warning',
        key,
        found.map(({ id }) => id),
        { modules: inShort(modules) },
      );
  }
  return notes;
}

function moduleChecks(modules?: MispModules): [string, (block: Block) => boolean][] {
  if (!modules) return [];
  const isOther = ({ kind }: Block) => kind !== 'trigger';
  return [
    ['unknownInMisp', (block) => isOther(block) && !Object.hasOwn(modules, block.module)],
    [
      'disabledInMisp',
      (block) => Object.hasOwn(modules, block.module) && modules[block.module].disabled === true,
    ],
  ];
}

export function triggersOf({ blocks }: Graph): Block[] {
  return blocks.filter(({ kind }) => kind === 'trigger');
}

/** Whether MISP waits for what follows a trigger; undefined if it is not known here. */
export function canBlock({ module }: Block): boolean | undefined {
  return isAdHoc(module) ? true : triggerById(module)?.blocking;
}

/** Whether a failure of the block ends the whole workflow. */
export function isBlocking({ module }: Block, modules: MispModules = {}): boolean {
  const told = Object.hasOwn(modules, module) ? modules[module].blocking : undefined;
  return told ?? factsOf(module)?.blocking ?? false;
}

/** The connections of the first loop, as MISP finds it; none if there is no loop. */
export function findCycle({ blocks }: Graph): [from: string, to: string][] {
  const known = byId(blocks);
  const state = new Map<string, 'open' | 'done'>();
  for (const { id } of blocks) {
    if (state.has(id)) continue;
    const path: { id: string; next: string[] }[] = [];
    const enter = (block: string) => {
      state.set(block, 'open');
      path.push({ id: block, next: stepsFrom(known.get(block) as Block).map(({ to }) => to) });
    };
    enter(id);
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const next = at.next.shift();
      if (next === undefined) state.set((path.pop() as typeof at).id, 'done');
      else if (state.get(next) === 'open')
        return cycleOf(
          path.map((entry) => entry.id),
          next,
        );
      else if (!state.has(next) && known.has(next)) enter(next);
    }
  }
  return [];
}

function cycleOf(path: string[], back: string): [string, string][] {
  const loop = path.slice(path.indexOf(back));
  const edges = loop.map((id, index): [string, string] => [id, loop[index + 1] ?? back]);
  return edges.reverse();
}

/** Outputs with more than one connection, where MISP allows one: the targets by block, and by output. */
export function severalConnections({ blocks }: Graph): Map<string, Map<number, string[]>> {
  const found = new Map<string, Map<number, string[]>>();
  for (const block of blocks) {
    if (block.several) continue;
    const outputs = new Map<number, string[]>();
    for (const { output, to } of stepsFrom(block)) outputs.set(output, [...(outputs.get(output) ?? []), to]);
    const wide = [...outputs].filter(([, targets]) => targets.length > 1);
    if (wide.length > 0) found.set(block.id, new Map(wide));
  }
  return found;
}

const MOST_WARNINGS = 1_000;

/** Ways behind a concurrent task to a block that is to stop MISP: MISP has gone on by then. */
export function pathWarnings(graph: Graph, modules?: MispModules): PathWarning[] {
  const blocking = graph.blocks.filter((block) => isBlocking(block, modules));
  if (blocking.length === 0) return [];
  const behind = reachedFrom(
    graph,
    graph.blocks.filter(({ module }) => module === 'concurrent-task'),
  );
  const before = new Map<string, string[]>();
  for (const { id, connections } of graph.blocks)
    for (const { to } of connections) before.set(to, [...(before.get(to) ?? []), id]);
  const warnings: PathWarning[] = [];
  for (const block of blocking) {
    if (!behind.has(block.id)) continue;
    const seen = new Set([block.id]);
    for (const to of seen) {
      for (const from of before.get(to) ?? []) {
        if (!behind.has(from) || warnings.length >= MOST_WARNINGS) continue;
        warnings.push({ from, to, block });
        seen.add(from);
      }
    }
  }
  return warnings;
}

/** The blocks, and all that can be reached from them. */
export function reachedFrom(
  { blocks }: Graph,
  starts: readonly Block[],
  passes: (block: Block) => boolean = () => true,
): Set<string> {
  const known = byId(blocks);
  const reached = new Set(starts.map(({ id }) => id));
  for (const id of reached) {
    const block = known.get(id);
    if (block && passes(block)) for (const { to } of block.connections) reached.add(to);
  }
  return reached;
}
