import { readings } from '../areas/workflow-run';
import { sameToPhp } from '../compare';
import type { JsonObject, Vector } from '../vectors';
import { expectedRun, hasLoop } from '../workflow-run/expected';
import { prepare, type Answer } from '../workflow-run/prepare';
import type { Rule } from './rule';

const areas = ['workflow-run'];
const read = (vector: Vector) =>
  readings['workflow-run']?.(vector.expected, vector) as Answer & { throws?: true };
const differs = (vector: Vector) => !sameToPhp(expectedRun(vector), read(vector));
const has = (vector: Vector, module: RegExp) =>
  prepare(vector, 0).graph.blocks.some((block) => module.test(block.module));

export const rules: Rule[] = [
  {
    name: 'Loops go on until they are stopped',
    areas,
    why: 'MISP takes no connection twice on one way, and forbids loops. In Node-RED a message goes on in a loop.',
    applies: (vector) => !read(vector).throws && hasLoop(vector) && differs(vector),
    expected: expectedRun,
  },
  {
    name: 'Resetting filters where there are none, in a workflow',
    areas,
    why: 'MISP fails, or goes on without data. Nothing to reset is nothing to do.',
    applies: (vector) =>
      has(vector, /^generic-filter-reset$/) &&
      (read(vector).throws ?? (!hasLoop(vector) && isStubbed(vector) && differs(vector))),
    expected: expectedRun,
  },
  {
    name: 'Untagged items have no tags to replace, in a workflow',
    areas,
    why: 'MISP fails on an event or attribute without the key Tag.',
    applies: (vector) => has(vector, /^tag_replacement_/) && read(vector).throws === true,
    expected: expectedRun,
  },
  {
    name: 'Branches do not see each other',
    areas,
    why: 'In MISP a filter that one branch sets is active in the branches that come after it.',
    applies: (vector) => isBranched(vector) && !sameToPhp(ofBranches(vector), read(vector)),
    expected: ofBranches,
  },
  {
    name: 'Edits under a filter survive its reset',
    areas,
    why: 'MISP puts the data back as it was before the filter.',
    applies: (vector) =>
      has(vector, /^generic-filter-reset$/) &&
      read(vector).captures?.length > 0 &&
      !sameToPhp(withEdits(vector), read(vector)),
    expected: withEdits,
  },
];

const isStubbed = ({ input }: Vector) =>
  Object.values((input.stub_actions ?? {}) as JsonObject).every((stub) => !(stub as JsonObject).capture) &&
  input.stub_actions !== undefined;

interface Capture {
  node: string;
  probes: [string, unknown[]][];
}

const capturesOf = (vector: Vector) =>
  (read(vector).captures ?? []).map((text) => JSON.parse(text) as Capture);

/** A block that several connections of one output leave, and filters behind it. */
function isBranched(vector: Vector): boolean {
  return (
    !read(vector).throws &&
    branchOf(vector) !== undefined &&
    has(vector, /^generic-filter-data$/) &&
    capturesOf(vector).length > 0
  );
}

function branchOf(vector: Vector) {
  return prepare(vector, 0).graph.blocks.find(
    ({ connections }) => new Set(connections.map(({ output }) => output)).size < connections.length,
  );
}

/** Behind the branching a block that no filter leads to sees what was seen before it. */
function ofBranches(vector: Vector): Answer {
  const { graph } = prepare(vector, 0);
  const branch = branchOf(vector);
  const plain = new Set(
    branch?.connections
      .filter(({ to }) => graph.blocks.some(({ id, kind }) => id === to && kind === 'action'))
      .map(({ to }) => to),
  );
  const before = capturesOf(vector).find(({ node }) => node === branch?.id);
  const captures = capturesOf(vector).map((capture) =>
    before && plain.has(capture.node) ? { ...capture, probes: before.probes } : capture,
  );
  return { ...read(vector), captures: captures.map((capture) => JSON.stringify(capture)).sort() };
}

/** What was edited stays edited, in all that is seen after it. */
function withEdits(vector: Vector): Answer {
  const answer = read(vector);
  const edited = new Map(
    answer.changes.flatMap((change) => {
      const [, id, value] = /^(\S+): to_ids = (true|false)$/.exec(String(change)) ?? [];
      return id ? [[id, value === 'true'] as const] : [];
    }),
  );
  const captures = capturesOf(vector).map(({ node, probes }) => {
    const found = new Map(probes);
    const seen = probes.map(([path, values]): [string, unknown[]] => {
      if (!path.endsWith('.to_ids')) return [path, values];
      const ids = found.get(path.replace(/to_ids$/, 'id')) ?? [];
      return [path, values.map((value, index) => edited.get(String(ids[index])) ?? value)];
    });
    return JSON.stringify({ node, probes: seen });
  });
  return { ...answer, captures: captures.sort() };
}
