/** Whole workflows: MISP's graph becomes a flow, and runs in a real Node-RED. */
import { extract } from '../../../src/event/hash';
import { textOf, valuesOf } from '../../../src/event/values';
import type { Json, JsonObject } from '../vectors';
import { callsOf, changesOf, type Call } from '../misp/changes';
import { Laboratory, type Stub } from '../workflow-run/laboratory';
import { prepare, type Answer, type Prepared } from '../workflow-run/prepare';
import type { Seen } from '../workflow-run/watch';
import type { Batch, Reading } from './index';

export const batches: Record<string, Batch> = {
  async 'workflow-run'(vectors) {
    const laboratory = await Laboratory.open();
    try {
      const prepared = vectors.map(prepare);
      await laboratory.deploy(prepared);
      const answers = new Map<string, unknown>();
      for (const each of prepared) answers.set(each.vector.id, await answerOf(each, laboratory));
      return answers;
    } finally {
      await laboratory.close();
    }
  },
};

async function answerOf(prepared: Prepared, laboratory: Laboratory): Promise<Answer> {
  const captures: string[] = [];
  laboratory.stub = stubOf(prepared, captures);
  const seen = await laboratory.run(prepared);
  const isAction = (id: string) =>
    prepared.graph.blocks.some((block) => block.id === id && block.kind === 'action');
  const blocksOf = (nodes: string[]) => nodes.flatMap((node) => prepared.blockOf.get(node) ?? []).sort();
  const calls = callsOf(seen.did.filter((operation) => operation.do !== 'run-module'));
  return {
    outcome: outcomeOf(prepared, seen),
    executed: blocksOf(seen.received).filter(isAction),
    handedOff: blocksOf(seen.handedOff),
    changes: changesIn(calls, prepared.data),
    captures: captures.sort(),
  };
}

/** Where MISP does not wait, the outcome is a line in its log: that of a failure which ends the workflow. */
function outcomeOf(
  { stubs, waits }: Prepared,
  { answer, cause, failed }: Seen & { answer: { error?: string } },
): string {
  if (waits) return answer.error === undefined ? 'success' : cause === 'response' ? 'blocked' : 'failure';
  return failed.length > 0 && [...stubs.values()].some(({ blocking }) => blocking) ? 'failure' : 'success';
}

function stubOf({ stubs }: Prepared, captures: string[]): Stub {
  const { returns = true, error, capture } = [...stubs.values()][0] ?? {};
  return (node, data) => {
    if (capture) captures.push(JSON.stringify({ node, probes: probesOf(capture, data) }));
    const result = typeof returns === 'object' ? (returns[node] ?? true) : returns;
    if (result === 'exception') return 'crash';
    return { success: result, errors: result || !error ? [] : [error] };
  };
}

function probesOf(paths: readonly string[], data: unknown): [string, unknown][] {
  return paths.map((path) => [path, [...valuesOf(extract(data, path))]]);
}

/** Saving an attribute once more with what an earlier block has set changes nothing. */
function changesIn(calls: readonly Call[], data: unknown): unknown[] {
  return [...new Set(changesOf(calls, { data }))];
}

/** MISP's run in the same terms. */
const read: Reading = (expected, { input }) => {
  const { throws, outcome, executed_nodes, calls } = expected as JsonObject;
  if (throws) return expected;
  const list = calls as Call[];
  const own = list.filter(({ call }) => !['enqueue', 'capture', 'Module.query'].includes(call));
  const captured = list.filter(({ call }) => call === 'capture');
  return {
    outcome,
    executed: (executed_nodes as Json[]).map(textOf).sort(),
    handedOff: list
      .filter(({ call }) => call === 'enqueue')
      .map(({ node_id: id }) => textOf(id))
      .sort(),
    changes: changesIn(own, input.data),
    captures: captured
      .map(({ node, probes }) =>
        JSON.stringify({
          node: textOf(node),
          probes: Object.entries(probes as JsonObject).map(([path, found]) => [
            path,
            [...valuesOf(found as JsonObject)],
          ]),
        }),
      )
      .sort(),
  };
};

export const readings: Record<string, Reading> = { 'workflow-run': read };
