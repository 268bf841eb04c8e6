import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  mermaidOf,
  readWorkflow,
  toFlow,
  toGraph,
  writeBlueprint,
  writeWorkflow,
  type Catalogue,
  type FlowNode,
  type Graph,
} from '../../src/workflow';
import { root } from '../support/node-red';

const catalogue = JSON.parse(readFileSync(path.join(root, 'dist/catalogue.json'), 'utf8')) as Catalogue;
const folder = path.join(root, 'test/fixtures/blueprints');
const official = readdirSync(folder).filter((file) => file.endsWith('.json'));

type Written = { id: number; module?: string; data: Record<string, unknown>; pos_x: number; pos_y: number };
interface Blueprint {
  WorkflowBlueprint: { data: (Written & { outputs: unknown })[]; mermaid: string };
}

const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Blueprint;
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
/** What a flow is when it comes out of Node-RED's editor again. */
const flowOf = (graph: Graph): FlowNode[] => copy(toFlow(graph, catalogue, { tab: true }).nodes);

/** What MISP works with, of a block as it is saved. */
function effective({
  id,
  data,
  outputs,
  pos_x,
  pos_y,
}: Blueprint['WorkflowBlueprint']['data'][number]): object {
  const { id: module, indexed_params, saved_filters } = data;
  return { id, module, indexed_params, saved_filters, outputs, pos_x, pos_y };
}

describe("MISP's official blueprints", () => {
  it('are 13', () => assert.equal(official.length, 13));

  for (const file of official) {
    it(`${file} comes in, and goes back as it was`, () => {
      const source = read(file);
      const { graph, notes } = readWorkflow(JSON.stringify(source));
      const flow = toFlow(graph, catalogue, { tab: true });
      assert.deepEqual(notes, []);
      const lost = flow.notes.filter(({ level, key }) => level !== 'info' && key !== 'workflow.runInMisp');
      assert.deepEqual(lost, []);
      const nodes = flow.nodes.filter(({ wires, type }) => wires && type !== 'comment');
      assert.equal(nodes.length, source.WorkflowBlueprint.data.length);
      const back = toGraph(copy(flow.nodes), catalogue);
      assert.deepEqual(back.notes, []);
      assert.deepEqual(copy(back.graph.blocks), copy(graph.blocks));
      const written = copy(writeBlueprint(back.graph)) as Blueprint;
      assert.deepEqual(
        written.WorkflowBlueprint.data.map(effective),
        source.WorkflowBlueprint.data.map(effective),
      );
      assert.deepEqual(readWorkflow(written).graph.blocks, graph.blocks);
    });

    it(`${file} is drawn for Mermaid as MISP draws it`, () => {
      const { mermaid, data } = read(file).WorkflowBlueprint;
      const lines = mermaidOf(readWorkflow(read(file)).graph).split('\n');
      // Some versions of MISP lose what is wired to the first block.
      const first = new RegExp(`(^ *| )${data[0]?.id}[{[]`);
      for (const line of mermaid.split('\n')) assert.ok(lines.includes(line), line);
      const more = lines.filter((line) => !mermaid.split('\n').includes(line));
      for (const line of more) if (!mermaid.includes('attach-enrichment')) assert.match(line, first);
    });
  }
});

describe('an imported workflow in the editor', () => {
  const source = (): Graph => readWorkflow(read('blueprint_curation---normalize-tlp-&-pap-tag.json')).graph;

  it('keeps its positions, wherever it is dropped', () => {
    const graph = source();
    const moved = flowOf(graph).map((node) => ({ ...node, x: Number(node.x) + 380, y: Number(node.y) - 40 }));
    assert.deepEqual(copy(toGraph(moved, catalogue).graph.blocks), copy(graph.blocks));
  });

  it('keeps new ids that Node-RED gives on import from the graph', () => {
    const graph = source();
    const renamed = JSON.parse(
      JSON.stringify(flowOf(graph)).replace(
        /"([0-9a-f]{16})"/g,
        (_, id: string) => `"${[...id].reverse().join('')}"`,
      ),
    ) as FlowNode[];
    assert.deepEqual(copy(toGraph(renamed, catalogue).graph.blocks), copy(graph.blocks));
  });

  it('gives back what was changed, and nothing else', () => {
    const graph = source();
    const changed = flowOf(graph).map((node) =>
      node.type === 'misp-if-tag' ? { ...node, tags: ['tlp:red'], x: Number(node.x) + 70 } : node,
    );
    const [before, after] = [graph, toGraph(changed, catalogue).graph].map(({ blocks }) =>
      copy(blocks.find(({ module }) => module === 'tag-if')),
    );
    assert.ok(before && after);
    assert.deepEqual(after.params, { ...before.params, tags: ['tlp:red'] });
    assert.equal(after.x, Math.round(before.x + 100));
  });

  it('a copied node is a block of its own', () => {
    const flow = flowOf(source());
    const twin = flow.find(({ type }) => type === 'misp-if-tag') as FlowNode;
    const { blocks } = toGraph([...flow, { ...twin, id: 'copy', y: 900 }], catalogue).graph;
    assert.equal(new Set(blocks.map(({ id }) => id)).size, 6);
    const uids = blocks.flatMap(({ uid }) => uid ?? []);
    assert.equal(new Set(uids).size, uids.length);
  });
});

describe('a workflow', () => {
  it('keeps its frames, ids and trigger', () => {
    const recorded = readFileSync(path.join(root, 'test/fixtures/workflows/drawn-in-misp.json'), 'utf8');
    const { graph } = readWorkflow(recorded);
    const flow = flowOf(graph);
    const group = flow.find(({ type }) => type === 'group');
    assert.equal(group?.name, graph.frames[0]?.text);
    const back = toGraph(flow, catalogue).graph;
    assert.deepEqual(copy(back.blocks), copy(graph.blocks));
    assert.deepEqual(copy(back.frames), copy(graph.frames));
    const written = copy(writeWorkflow(back)) as {
      Workflow: { data: Record<string, unknown>; trigger_id: string };
    };
    const original = JSON.parse(recorded) as typeof written;
    assert.equal(written.Workflow.trigger_id, original.Workflow.trigger_id);
    assert.deepEqual(written.Workflow.data._frames, original.Workflow.data._frames);
  });

  it('says in its trigger what MISP would not add, so that the event can be loaded again', () => {
    const { graph } = toGraph(
      [{ id: 'a', type: 'misp-trigger', trigger: 'event-publish', wires: [[]] }],
      catalogue,
    );
    const { Workflow } = copy(writeWorkflow(graph)) as {
      Workflow: { data: Record<string, { data: object }> };
    };
    assert.equal((Workflow.data['1']?.data as { misp_core_format: boolean }).misp_core_format, true);
  });
});
