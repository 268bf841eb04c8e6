/** What a run comes to by the rules of this package: a message for each way, and loops that are stopped. */
import { relinkFlattened } from '../../../src/event/relink';
import { genericIf } from '../../../src/logic/generic-if';
import { tagIf } from '../../../src/logic/tag-if';
import { WorkflowError } from '../../../src/text';
import { findCycle } from '../../../src/workflow/check';
import type { Block, Graph } from '../../../src/workflow/graph';
import { stepsFrom } from '../../../src/workflow/walk';
import { adapters } from '../areas/actions';
import type { JsonObject, Vector } from '../vectors';
import { PASSES, prepare, type Answer } from './prepare';

/** A message at a block, and how often it has been at each. */
interface Message {
  block: Block;
  passes: ReadonlyMap<string, number>;
}

export function hasLoop({ input }: Vector, index = 0): boolean {
  return findCycle(prepare({ input } as Vector, index).graph).length > 0;
}

/** The answer for workflows of stubs, generic conditions, and replacements of tags. */
export function expectedRun(vector: Vector): Answer {
  const { graph, waits, stubs, data: sent } = prepare(vector, 0);
  const data = structuredClone(sent);
  relinkFlattened(data, false);
  const [stub = {}] = [...stubs.values()];
  const answer: Answer = { outcome: 'success', executed: [], handedOff: [], changes: [], captures: [] };
  const open = behind(graph, { block: startOf(graph), passes: new Map() });
  for (let at = open.pop(); at; at = open.pop()) {
    const { block } = at;
    const count = (at.passes.get(block.id) ?? 0) + 1;
    if (count > PASSES) {
      if (waits) answer.outcome = 'failure';
      continue;
    }
    const here = { block, passes: new Map(at.passes).set(block.id, count) };
    if (block.module === 'concurrent-task') {
      answer.handedOff.push(...stepsFrom(block).map(({ to }) => to));
      continue;
    }
    if (block.kind === 'action') {
      answer.executed.push(block.id);
      const changes = stubs.size > 0 ? [] : changesAt(block, data);
      answer.changes.push(...(changes ?? []));
      const { returns = true } = stub;
      const failed =
        !changes || (typeof returns === 'object' ? (returns[block.id] ?? true) : returns) !== true;
      if (failed && stub.blocking) answer.outcome = 'failure';
      if (failed && (stub.blocking || !waits)) continue;
    }
    open.push(...behind(graph, here, wayOf(block, data)));
  }
  answer.executed.sort();
  answer.handedOff.sort();
  answer.changes.sort();
  return answer;
}

function startOf({ blocks }: Graph): Block {
  return blocks.find(({ kind }) => kind === 'trigger') as Block;
}

/** Nothing leads a message back to the trigger. */
function behind(graph: Graph, { block, passes }: Message, output?: number): Message[] {
  return stepsFrom(block)
    .filter((step) => output === undefined || step.output === output)
    .flatMap(({ to }) => graph.blocks.filter(({ id, kind }) => id === to && kind !== 'trigger'))
    .map((target) => ({ block: target, passes }));
}

function wayOf({ module, params }: Block, data: JsonObject): number | undefined {
  if (module === 'generic-if') return genericIf(params, data) ? 0 : 1;
  if (module === 'tag-if') return tagIf(params, data) ? 0 : 1;
  return undefined;
}

/** What a replacement of tags changes; nothing where the node fails, since it is not told the tags. */
function changesAt({ module, params, filters = {} }: Block, data: JsonObject): unknown[] | undefined {
  const question = { module, params, filters, data, env: {} } as unknown as JsonObject;
  try {
    const { changes } = adapters['action-tag-replacement'](question, { input: question } as Vector) as Answer;
    return changes;
  } catch (error) {
    if (error instanceof WorkflowError) return undefined;
    throw error;
  }
}
