import { strict as assert } from 'node:assert';
import { blocksOf, graphOf, isSameGraph, placesIn, type MispGraph } from '../../src/actions/misp-graph';
import { failClosedChain, isFailClosed, plainChain } from '../../src/connect/fail-closed';
import { bareGraph, insertAt, putAround, triggerBlock, withTriggerData } from '../../src/connect/splice';
import measured from '../fixtures/fail-closed/workflow-F.json';
import plain from '../fixtures/fail-closed/workflow-plain.json';

const MODULE = 'nodered_event_publish';
const TAG = 'node-red:cleared';
const F = graphOf(measured.graph);

/** The blocks' modules, along what each output leads to. */
function waysOf(graph: MispGraph): string[] {
  const name = (id: string) => String(graph[id].data.id);
  return placesIn(graph)
    .flatMap(({ from, output, to }) => (to === undefined ? [] : [`${name(from)} ${output} ${name(to)}`]))
    .sort();
}

describe('the graph that fails closed', () => {
  const bare = bareGraph('event-publish');
  const drawn = insertAt(bare, placesIn(bare)[0], failClosedChain(MODULE, TAG));

  it('is the one that was measured', () => {
    assert.deepEqual(waysOf(drawn), waysOf(F));
    const paramsOf = (graph: MispGraph) =>
      Object.values(graph)
        .map(({ data }) => JSON.stringify([data.id, data.indexed_params]))
        .sort();
    assert.deepEqual(paramsOf(drawn), paramsOf(F));
    assert.equal(triggerBlock(drawn)?.[1].data.misp_core_format, true);
  });

  it('is known for what it is, as drawn and as measured', () => {
    assert.ok(isFailClosed(F, MODULE, TAG));
    assert.ok(isFailClosed(drawn, MODULE, TAG));
    assert.ok(!isFailClosed(F, MODULE, 'another:tag'));
    assert.ok(!isFailClosed(F, 'another_module', TAG));
    const plainly = insertAt(bare, placesIn(bare)[0], plainChain(MODULE));
    assert.ok(!isFailClosed(plainly, MODULE, TAG));
  });

  // Each of these let something through, or stopped everything, when it was measured.
  const [stop] = blocksOf(F, 'stop-execution');
  const without = (id: string) =>
    graphOf(Object.fromEntries(Object.entries(F).filter(([other]) => other !== id)));
  const changed = (id: string, params: object) =>
    graphOf({ ...F, [id]: { ...F[id], data: { ...F[id].data, indexed_params: params } } });
  const holes: Record<string, MispGraph> = {
    'nothing stops': without(stop),
    'nothing takes an old clearance away': without('2'),
    'the event is not read again before the question': without('6'),
    'the event is not read again before our module': without('3'),
    'another tag is asked for': changed('7', {
      scope: 'event',
      condition: 'in_or',
      tags: ['x'],
      clusters: [],
    }),
    'the question is turned round': changed('7', {
      scope: 'event',
      condition: 'not_in_or',
      tags: [TAG],
      clusters: [],
    }),
    'a cluster clears, too': changed('7', {
      scope: 'event',
      condition: 'in_or',
      tags: [TAG],
      clusters: ['c'],
    }),
    'attributes are asked': changed('7', {
      scope: 'attribute',
      condition: 'in_or',
      tags: [TAG],
      clusters: [],
    }),
    'only local ones are taken away': changed('2', {
      scope: 'event',
      action: 'remove',
      locality: 'local',
      tags: [TAG],
    }),
    'it adds the tag': changed('2', { scope: 'event', action: 'add', locality: 'any', tags: [TAG] }),
    'the trigger is not in core format': withTriggerData(F, { misp_core_format: false }),
  };
  for (const [what, graph] of Object.entries(holes)) {
    it(`is not, where ${what}`, () => assert.ok(!isFailClosed(graph, MODULE, TAG)));
  }

  it('is not, where a second block of our module stands unguarded', () => {
    const place = placesIn(F).find(({ from }) => from === '8');
    assert.ok(place);
    assert.ok(!isFailClosed(insertAt(F, place, plainChain(MODULE)), MODULE, TAG));
  });
});

describe('a workflow that has blocks', () => {
  const old = graphOf(plain.body.Workflow.data);
  const own = 'nodered_event_before_save';
  const [id] = blocksOf(old, own);

  it('gets the guard around our module where it stands', () => {
    const core = withTriggerData(old, { misp_core_format: true });
    const guarded = putAround(core, id, failClosedChain(own, TAG, core[id]));
    assert.ok(isFailClosed(guarded, own, TAG));
    assert.deepEqual(guarded[id].data, old[id].data);
    assert.equal(blocksOf(guarded, own).length, 1);
  });

  it('gets our module at each place, and keeps the rest', () => {
    for (const place of placesIn(F)) {
      const made = insertAt(F, place, plainChain('another_module'));
      const [added] = blocksOf(made, 'another_module');
      assert.equal(Object.keys(made).length, Object.keys(F).length + 1);
      const ways = placesIn(made);
      assert.ok(
        ways.some(({ from, output, to }) => from === place.from && output === place.output && to === added),
      );
      if (place.to !== undefined) assert.ok(ways.some(({ from, to }) => from === added && to === place.to));
      for (const [other, block] of Object.entries(F)) assert.deepEqual(made[other].data, block.data);
      assertInputs(made);
    }
  });

  it('is the same with other positions and keys of PHP, and not with another parameter', () => {
    const moved = Object.fromEntries(
      Object.entries(F).map(([key, block]) => [
        key,
        { ...block, pos_x: 5, inputs: [], outputs: Array.isArray(block.outputs) ? {} : block.outputs },
      ]),
    );
    assert.ok(isSameGraph(F, graphOf(moved)));
    const { 7: asks } = F;
    const other = { ...asks, data: { ...asks.data, indexed_params: { tags: ['x'] } } };
    assert.ok(!isSameGraph(F, graphOf({ ...F, 7: other })));
  });

  it('is nothing where MISP has saved nonsense', () => {
    const hostile = JSON.parse(
      '{"1":5,"2":{"data":null},"__proto__":{"data":{"id":"x"}},"_frames":{"a":1}}',
    ) as unknown;
    for (const value of [undefined, null, [], 'x', hostile]) {
      assert.deepEqual(placesIn(graphOf(value)), []);
    }
  });
});

/** MISP's editor reads connections at both of their ends. */
function assertInputs(graph: MispGraph): void {
  const out = placesIn(graph).flatMap(({ from, output, to }) =>
    to === undefined ? [] : [`${from} ${output} ${to}`],
  );
  const into = Object.entries(graph).flatMap(([to, { inputs }]) =>
    Object.values(inputs as Record<string, { connections: { node: string; input: string }[] }>).flatMap(
      ({ connections }) => connections.map(({ node, input }) => `${node} ${input} ${to}`),
    ),
  );
  assert.deepEqual(into.sort(), out.sort());
}
