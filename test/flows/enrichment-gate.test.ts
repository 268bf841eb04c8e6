import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import type { MispEvent } from '../../sandbox/misp/model';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import { changedBy, carryOutSteps } from '../../src/connect/carry-out';
import { worstOf } from '../../src/connect/check';
import { askedRows } from '../../src/connect/check-gate';
import { planAsked, readAsked } from '../../src/connect/gate';
import { isGated } from '../../src/connect/gate-shape';
import type { ServicesWish } from '../../src/connect/services-wish';
import { undoOf } from '../../src/connect/undo';
import { graphOf, waysFrom, type MispGraph } from '../../src/actions/misp-graph';
import { MispClient } from '../../src/misp/client';
import { recording } from '../sandbox/support/recordings';
import { credentials, listener, node, tab } from '../support/flows';
import { freePort, listening } from '../support/misp';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';

const MODULE = 'own_gate';
const DEADLINE_S = 1;
/** What the flow does about a value, by that value. */
const VALUES = ['says-cleared', 'says-no', 'says-nothing', 'says-error', 'fails', 'is-slow', 'says-much'];
const HOSTILE = ['<b>cleared</b>', '{{ cleared }}', '__proto__', 'Cleared', 'cleared '];

/** All rows of the passage on graph G in the measurements, with the flow that decides. */
describe('a workflow that goes on only if a flow says so to the Enrichment service', function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;
  let misp: StandInMisp;
  let client: MispClient;
  let port: number;
  let lastId = 2000;

  before(async () => {
    port = await freePort();
    nodeRed = await forkNodeRed();
    const out = (name: string, more: Record<string, unknown>) => node(name, 'misp-module-out', [], more);
    const results = (found: string) => ({ answer: 'results', found, foundType: 'str', valueType: 'text' });
    const rules = [...VALUES, ...HOSTILE].map((v) => ({ t: 'eq', v, vt: 'str' }));
    const ways = ['yes', 'no', 'nothing', 'error', 'fails', 'slow', 'much', ...HOSTILE.map(() => 'echo')];
    const flow = [
      tab,
      listener(port),
      node('in', 'misp-module-in', [['which']], {
        ...{ listener: 'listener', kind: 'expansion', module: MODULE, input: ['domain'], format: 'plain' },
        deadline: DEADLINE_S,
      }),
      node(
        'which',
        'switch',
        ways.map((way) => [way]),
        { property: 'value', rules, outputs: rules.length },
      ),
      out('yes', results('cleared')),
      out('no', results('no')),
      out('nothing', { answer: 'nothing' }),
      out('error', { answer: 'error', error: 'not today' }),
      node('fails', 'function', [['yes']], { func: "throw new Error('broken');" }),
      node('slow', 'delay', [['yes']], { pauseType: 'delay', timeout: '3', timeoutUnits: 'seconds' }),
      out('much', { ...results('payload'), found: '"x".$pad(1000000, "x")', foundType: 'jsonata' }),
      out('echo', { answer: 'results', found: 'value', foundType: 'msg', valueType: 'text' }),
    ];
    await nodeRed.deploy(flow, credentials);
    await listening(port);
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    client = new MispClient({ url: misp.url, apiKey: API_KEY, verify: true, timeoutMs: 10_000 });
  });
  after(async () => {
    client.close();
    nodeRed.kill();
    await misp.close();
  });

  const wish = (trigger = 'event-publish', word = 'cleared'): ServicesWish => ({
    service: { protocol: 'http', host: '127.0.0.1', port, user: 'misp', password: 'secret' },
    wanted: ['Enrichment'],
    modules: [
      { name: MODULE, family: 'Enrichment', hovers: false, deadlineMs: DEADLINE_S * 1000, format: 'plain' },
    ],
    others: { Enrichment: 'replace' },
    hasUpstream: false,
    gate: { trigger, module: MODULE, word },
  });
  const planFor = async (asked: ServicesWish) => planAsked(await readAsked(client, asked), asked);
  async function connect(asked: ServicesWish) {
    const { steps, questions, hindrances } = await planFor(asked);
    assert.deepEqual([questions, hindrances], [[], []]);
    const outcomes = await carryOutSteps(client, steps, { signal: new AbortController().signal });
    assert.deepEqual(
      outcomes.filter(({ state }) => state === 'failed' || state === 'left'),
      [],
    );
    return undoOf(changedBy(outcomes));
  }
  const check = async (asked: ServicesWish) => askedRows(await readAsked(client, asked), asked);

  /** An event with one attribute for each value. */
  function event(...values: string[]): MispEvent {
    lastId += 1;
    const { Attribute, ...rest } = structuredClone(sampleEvents()[1]);
    const [first] = Attribute;
    const uuid = `00000000-0000-4000-8000-00000000${lastId}`;
    const made: MispEvent = { ...rest, id: String(lastId), uuid, Tag: [], Object: [], Attribute: [] };
    made.Attribute = values.map((value, index) => ({
      ...first,
      ...{ id: `${lastId}${index}`, event_id: made.id, uuid: uuid.replace('4000', `400${index}`) },
      ...{ type: 'domain', category: 'Network activity', value },
    }));
    misp.events.set(made.id, made);
    return made;
  }

  /** Inline, then over the queue: published both times, or neither. */
  async function passes(status: number, ...values: string[]): Promise<void> {
    const inline = event(...values);
    assert.equal((await misp.publish(inline.id)).answer.status, status);
    assert.equal(inline.published, status === 200);
    const queued = event(...values);
    const { answer, outcome } = await misp.publish(queued.id, { inline: false });
    assert.equal(answer.status, 200);
    await outcome;
    assert.equal(queued.published, status === 200);
  }

  async function add(value: string, type = 'domain'): Promise<{ status: number; isSaved: boolean }> {
    const before = misp.events.size;
    const Event = { info: 'gate', distribution: '0', Attribute: [{ type, value }] };
    const { status } = await fetch(`${misp.url}/events/add`, {
      method: 'POST',
      headers: { Accept: 'application/json', Authorization: API_KEY, 'Content-Type': 'application/json' },
      body: JSON.stringify({ Event }),
    });
    return { status, isSaved: misp.events.size > before };
  }

  it('is drawn as it was measured, with nothing to do a second time, and checked', async () => {
    await connect(wish());
    const drawn = graphOf(misp.workflowStore.byTrigger('event-publish')?.data);
    const measured = graphOf(recording<{ graph: object }>('fail-closed/workflow-G.json').graph);
    const ways = (graph: MispGraph) =>
      Object.values(graph)
        .flatMap(({ data }, index) => [
          JSON.stringify([data.id, data.misp_core_format, sorted(data.indexed_params)]),
          ...waysFrom(graph, Object.keys(graph)[index])
            .filter(({ to }) => to !== undefined)
            .map(({ output, to = '' }) => `${data.id} ${output} ${graph[to].data.id}`),
        ])
        .map((line) => line.replace('stub_plain', MODULE))
        .sort();
    assert.deepEqual(ways(drawn), ways(measured));
    assert.ok(isGated(drawn, { module: MODULE, word: 'cleared' }));
    assert.ok(isGated(measured, { module: 'stub_plain', word: 'cleared' }), 'the one that was measured');
    assert.deepEqual((await planFor(wish())).steps, []);
    assert.equal(worstOf(await check(wish())), 'green', JSON.stringify(await check(wish())));
  });

  describe('before a publication', () => {
    it('publishes what is cleared', () => passes(200, 'says-cleared'));
    it('publishes what one of several answers clears', () => passes(200, 'says-no', 'says-cleared'));
    it('stops at any other answer', () => passes(403, 'says-no'));
    it('stops at an error', () => passes(403, 'says-error'));
    it('stops at no results', () => passes(403, 'says-nothing'));
    it('stops where the flow fails', () => passes(403, 'fails'));
    it('stops where the flow is too slow', () => passes(403, 'is-slow'));
    it('stops where the flow has no way for the value', () => passes(403, 'another'));
    it('stops at a megabyte of another answer', () => passes(403, 'says-much'));
    it('stops what has no attribute of the type', () => passes(403));
    for (const value of HOSTILE)
      it(`takes ${JSON.stringify(value)} for no clearance`, () => passes(403, value));

    it('stops where MISP waits less long than the flow needs', async () => {
      const was = misp.settings.get('Plugin.Enrichment_hover_timeout');
      misp.settings.set('Plugin.Enrichment_hover_timeout', 0.3);
      try {
        await passes(500, 'is-slow');
        const rows = await check(wish());
        assert.equal(rows.find(({ level }) => level === 'red')?.id, 'timeout.Enrichment');
      } finally {
        misp.settings.set('Plugin.Enrichment_hover_timeout', was);
      }
    });

    for (const module of ['attach-enrichment', 'generic-if'])
      it(`stops where ${module} is off in MISP, and Check mends it`, async () => {
        misp.workflowStore.switchModule(module, false);
        await passes(403, 'says-cleared');
        const [worst] = await check(wish());
        assert.equal(worst.id, 'closedModules');
        await carryOutSteps(client, worst.mend ?? [], { signal: new AbortController().signal });
        await passes(200, 'says-cleared');
      });

    it('goes by the word that is wished for, also where it was another', async () => {
      const undo = await connect(wish('event-publish', 'a word of ours'));
      await passes(403, 'says-cleared');
      const [worst] = await check(wish());
      assert.equal(worst.id, 'closed');
      await carryOutSteps(client, undo, { signal: new AbortController().signal });
      await passes(200, 'says-cleared');
    });
  });

  describe('before a save', () => {
    it('saves what is cleared, and nothing else', async () => {
      misp.workflowStore.switchTrigger('event-publish', false);
      await connect(wish('event-before-save'));
      assert.deepEqual(await add('says-cleared'), { status: 200, isSaved: true });
      for (const value of ['says-no', 'says-nothing', 'says-error', 'fails', 'another'])
        assert.deepEqual(await add(value), { status: 403, isSaved: false });
      assert.deepEqual(await add('192.0.2.1', 'ip-dst'), { status: 403, isSaved: false });
    });
  });

  describe('when Node-RED is killed', () => {
    it('in the middle of a question, nothing is published', async () => {
      await connect(wish());
      misp.workflowStore.switchTrigger('event-before-save', false);
      misp.settings.set('Plugin.Enrichment_hover_timeout', 5);
      const target = event('is-slow');
      const run = misp.publish(target.id);
      await new Promise((resolve) => setTimeout(resolve, 300));
      nodeRed.kill();
      await nodeRed.ended;
      assert.deepEqual([(await run).answer.status, target.published], [500, false]);
    });

    it('nothing is published, MISP says nothing of it, and the job stays', async () => {
      const before = misp.log.rows.length;
      await passes(500, 'says-cleared');
      assert.equal(misp.log.rows.length, before);
      assert.equal(misp.jobs.at(-1)?.message, 'Publishing.');
    });

    it('nothing is saved', async () => {
      misp.workflowStore.switchTrigger('event-before-save', true);
      assert.deepEqual(await add('says-cleared'), { status: 500, isSaved: false });
    });
  });
});

const sorted = (params: unknown) =>
  Object.entries(params as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
