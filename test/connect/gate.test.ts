import { strict as assert } from 'node:assert';
import { graphOf, placesIn, type MispBlock, type MispGraph } from '../../src/actions/misp-graph';
import { closingTag, closingTagOfAny, failClosedChain, isFailClosed } from '../../src/connect/fail-closed';
import { gateChain } from '../../src/connect/gate';
import { gateIn, isGated } from '../../src/connect/gate-shape';
import { bareGraph, insertAt, withTriggerData } from '../../src/connect/splice';
import F from '../fixtures/fail-closed/workflow-F.json';
import G from '../fixtures/fail-closed/workflow-G.json';
import { soon } from '../support/soon';

const gate = { trigger: 'event-publish', module: 'own_gate', word: 'cleared' };
const bare = bareGraph(gate.trigger);
const drawn = insertAt(bare, placesIn(bare)[0], gateChain(gate));
const one = (graph: MispGraph, module: string) =>
  Object.keys(graph).find((id) => graph[id].data.id === module)!;
const changed = (graph: MispGraph, module: string, more: Partial<MispBlock['data']>, over: object = {}) => {
  const id = one(graph, module);
  return graphOf({ ...graph, [id]: { ...graph[id], ...over, data: { ...graph[id].data, ...more } } });
};
const withParams = (graph: MispGraph, module: string, params: object) => {
  const { indexed_params } = graph[one(graph, module)].data;
  return changed(graph, module, { indexed_params: { ...(indexed_params as object), ...params } });
};
const mail = {
  parts: { mail: { module: 'send-mail', kind: 'action' } },
  exit: { part: 'mail', output: 'output_1' },
} as const;

describe('the graph that asks the Enrichment service', () => {
  it('is known, as drawn and as measured', () => {
    assert.ok(isGated(drawn, gate));
    assert.deepEqual(gateIn(drawn), { module: 'own_gate', word: 'cleared' });
    assert.deepEqual(gateIn(graphOf(G.graph)), { module: 'stub_plain', word: 'cleared' });
  });

  it('is known with blocks between that change nothing', () => {
    for (const place of placesIn(drawn).filter(({ to }) => to !== undefined))
      assert.ok(isGated(insertAt(drawn, place, mail), gate), JSON.stringify(place));
  });

  const HOLES: Record<string, MispGraph> = {
    'another word is asked for': withParams(drawn, 'generic-if', { value: 'no' }),
    'the question is turned round': withParams(drawn, 'generic-if', { operator: 'not_in' }),
    'something else is looked at': withParams(drawn, 'generic-if', { hash_path: 'Event.info' }),
    'other modules are asked in the same block': withParams(drawn, 'attach-enrichment', {
      modules: ['own_gate', 'theirs'],
    }),
    'nothing stops': graphOf(
      Object.fromEntries(Object.entries(drawn).filter(([id]) => id !== one(drawn, 'stop-execution'))),
    ),
    'the trigger is not in core format': withTriggerData(drawn, { misp_core_format: false }),
    'the trigger does not lead to it': changed(drawn, 'event-publish', {}, { outputs: {} }),
    'a second block asks without a stop': insertAt(drawn, placesIn(drawn).at(1)!, {
      parts: { asks: { module: 'attach-enrichment', kind: 'action', params: { modules: ['own_gate'] } } },
      exit: { part: 'asks', output: 'output_1' },
    }),
    'MISP does not wait for it': insertAt(drawn, placesIn(drawn)[0], {
      parts: { later: { module: 'concurrent-task', kind: 'logic' } },
      exit: { part: 'later', output: 'output_1' },
    }),
  };
  for (const [what, graph] of Object.entries(HOLES))
    it(`is not, where ${what}`, () => assert.ok(!isGated(graph, gate)));
});

describe('a graph that fails closed and was drawn by hand', () => {
  const graph = graphOf(F.graph);
  const MODULE = 'nodered_event_publish';
  const TAG = 'node-red:cleared';

  it('is known by its shape, with its module and its tag', () => {
    assert.deepEqual(closingTagOfAny(graph), { module: MODULE, tag: TAG });
    assert.equal(closingTagOfAny(drawn), undefined);
    const other = insertAt(bare, placesIn(bare)[0], failClosedChain('by_hand', 'mine:ok'));
    assert.deepEqual(closingTagOfAny(other), { module: 'by_hand', tag: 'mine:ok' });
  });

  it('is known with mails between its blocks, but not with what may set the tag', () => {
    const tagging = {
      parts: { tag: { module: 'tag_operation', kind: 'action', params: { action: 'add', tags: [TAG] } } },
      exit: { part: 'tag', output: 'output_1' },
    } as const;
    const inside = placesIn(graph).filter(({ from, to }) => to !== undefined && from !== '1' && from !== '7');
    for (const place of inside) {
      assert.ok(isFailClosed(insertAt(graph, place, mail), MODULE, TAG), JSON.stringify(place));
      if (place.to !== one(graph, 'stop-execution'))
        assert.ok(!isFailClosed(insertAt(graph, place, tagging), MODULE, TAG), JSON.stringify(place));
    }
  });

  it('is known with "all" for "any" of its one tag, and with several wires at a stop', () => {
    const params = { scope: 'event', condition: 'in_and', tags: [TAG], clusters: [] };
    const { 7: asks } = graph;
    assert.ok(
      isFailClosed(
        graphOf({ ...graph, 7: { ...asks, data: { ...asks.data, indexed_params: params } } }),
        MODULE,
        TAG,
      ),
    );
    const outputs = { ...asks.outputs } as Record<string, { connections: object[] }>;
    outputs.output_2 = { connections: [{ node: '99' }, ...outputs.output_2.connections] };
    const block = { ...graph['6'], id: 99, data: { ...graph['6'].data, id: 'webhook' }, outputs: {} };
    assert.ok(isFailClosed(graphOf({ ...graph, 7: { ...asks, outputs }, 99: block }), MODULE, TAG));
  });

  it('is none where the trigger does not lead to it, or MISP does not wait for it', () => {
    const { 1: trigger } = graph;
    assert.equal(closingTag(graphOf({ ...graph, 1: { ...trigger, outputs: {} } }), MODULE), undefined);
    const later = {
      parts: { later: { module: 'concurrent-task', kind: 'logic' } },
      exit: { part: 'later', output: 'output_1' },
    } as const;
    assert.equal(closingTag(insertAt(graph, placesIn(graph)[0], later), MODULE), undefined);
  });

  it('is found in a graph of circles and of a thousand blocks in no time', async () => {
    const big: Record<string, unknown> = { ...graph };
    for (let id = 100; id < 1100; id++) {
      const connections = [{ node: String(id + 1) }, { node: '100' }];
      big[id] = { ...graph['6'], id, outputs: { output_1: { connections } } };
    }
    await soon(1000, () => assert.ok(closingTagOfAny(graphOf(big))));
  });
});
