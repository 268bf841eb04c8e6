import { strict as assert } from 'node:assert';
import { graphOf, placesIn } from '../../src/actions/misp-graph';
import { plainChain } from '../../src/connect/fail-closed';
import { insertAt } from '../../src/connect/splice';
import handDrawn from '../fixtures/fail-closed/workflow-F.json';
import handGate from '../fixtures/fail-closed/workflow-G.json';
import type { CheckedRow, ClosedMisp, ConnectPreview } from '../../nodes/plugin/api';
import { API_KEY } from '../../sandbox/misp/server';
import { Connected, PUBLISH_MODULE } from '../support/connected';
import { listener, node, tab, trigger } from '../support/flows';
import { deploy, type FlowNode } from '../support/node-red';

const CLEARS = { clears: true, clearServer: 'misp', clearTag: 'ours:cleared' };

describe('what Connect and Check tell of the flows', function () {
  this.timeout(60_000);
  let on: Connected;
  before(async () => {
    on = await Connected.start();
  });
  beforeEach(() => on.meet());
  afterEach(() => on.misp.close());
  after(() => on.nodeRed.stop());

  const row = async (id: string): Promise<CheckedRow | undefined> =>
    (await on.ask<{ rows: CheckedRow[] }>('POST', 'check')).rows.find((one) => one.id === id);

  /** The flow, and more nodes. */
  const deployWith = (more: FlowNode[], settings: object = {}, upstream: object = {}) =>
    deploy(
      on.nodeRed.RED,
      [
        tab,
        { id: 'misp', type: 'misp-server', url: on.address, timeout: 5 },
        { id: 'other', type: 'misp-server', url: 'http://127.0.0.1:1', timeout: 5 },
        listener(on.port, upstream),
        trigger(['answer'], { module: PUBLISH_MODULE, deadline: 2, ...settings }),
        node('answer', 'misp-response', [], { answer: 'block', message: 'the flow' }),
        ...more,
      ],
      { misp: { apiKey: API_KEY }, listener: { user: 'misp', password: 'secret' } },
    );

  describe('local tags without a host organisation', () => {
    beforeEach(() => on.misp.settings.set('MISP.host_org_id', ''));
    const tagging = (more: object = {}, type = 'misp-tag') =>
      node('tag', type, [[]], { server: 'misp', tags: ['a'], name: 'Mark it', ...more });
    const subflow = (id: string): FlowNode => ({ id, type: 'subflow', name: id, in: [], out: [] });
    const use = (id: string, more: object = {}): FlowNode =>
      node(`use-${id}`, `subflow:${id}`, [], { ...more });

    const TOLD: Record<string, FlowNode[]> = {
      'a node that tags': [tagging()],
      'one that says nothing of where': [tagging({ locality: undefined })],
      'a country': [tagging({}, 'misp-country')],
      'a replaced tag': [tagging({ locality: 'local' }, 'misp-tag-replace')],
      'one in a subflow': [subflow('one'), tagging({ z: 'one' }), use('one')],
      'one in a subflow of a subflow': [
        ...[subflow('one'), subflow('two'), tagging({ z: 'two' })],
        ...[{ ...use('two'), z: 'one' }, use('one')],
      ],
      'a MISP that the subflow fills in': [
        ...[subflow('one'), tagging({ z: 'one', server: '${MISP}', locality: '${WHERE}' }), use('one')],
      ],
    };
    for (const [name, nodes] of Object.entries(TOLD)) {
      it(`${name} is named`, async () => {
        await deployWith(nodes);
        const found = await row('hostOrg');
        assert.equal(found?.level, 'yellow');
        assert.match(found.words, /Mark it/);
      });
    }

    const NOT_TOLD: Record<string, FlowNode[]> = {
      'no node that tags': [],
      'a global tag': [tagging({ locality: 'global' })],
      'another MISP': [tagging({ server: 'other' })],
      'a node that is disabled': [tagging({ d: true })],
      'a flow that is disabled': [{ ...tab, id: 'off', disabled: true }, tagging({ z: 'off' })],
      'a subflow that nobody uses': [subflow('one'), tagging({ z: 'one' })],
      'a subflow that only an unused one uses': [
        ...[subflow('one'), subflow('two'), tagging({ z: 'two' }), { ...use('two'), z: 'one' }],
      ],
      'a subflow that uses itself, and nobody else does': [
        ...[subflow('one'), tagging({ z: 'one' }), { ...use('one'), z: 'one' }],
      ],
    };
    for (const [name, nodes] of Object.entries(NOT_TOLD)) {
      it(`${name} needs none`, async () => {
        await deployWith(nodes);
        assert.equal(await row('hostOrg'), undefined);
      });
    }

    it('a flow that clears is red, whatever else tags; with a host organisation all is well', async () => {
      await deployWith([tagging()], CLEARS);
      assert.equal((await row('hostOrg'))?.level, 'red');
      on.misp.settings.set('MISP.host_org_id', 1);
      assert.equal(await row('hostOrg'), undefined);
    });

    it('names of nodes stay short, and words', async () => {
      const many = Array.from({ length: 40 }, (_, index) => ({
        ...tagging({ name: `<b>${index}${'x'.repeat(10_000)}` }),
        id: `tag-${index}`,
      }));
      await deployWith(many);
      const { words = '' } = (await row('hostOrg')) ?? {};
      assert.match(words, /<b>0x+, .*\+35/);
      assert.ok(words.length < 800);
    });
  });

  describe('in front of another Action service', () => {
    const other = () => {
      on.misp.settings.set('Plugin.Action_services_enable', true);
      on.misp.settings.set('Plugin.Action_services_url', 'http://user:p@ss/w@misp-modules.example');
    };
    const plan = (body: object = {}) => on.ask<ConnectPreview>('POST', 'connect/plan', body);
    const warned = ({ notes }: ConnectPreview) => notes.some((note) => /nothing|no misp-modules/.test(note));

    it('warns while nothing is behind the listener, before and after the decision', async () => {
      other();
      const undecided = await plan();
      assert.deepEqual([undecided.questions.length, warned(undecided)], [1, true]);
      const before = await plan({ otherService: 'in-front' });
      assert.ok(warned(before));
      assert.ok(before.steps.length > 0);
      assert.match(before.notes.join('\n'), /http:\/\/\*\*\*@misp-modules\.example:6666/);
      assert.ok(!JSON.stringify(before).includes('p@ss'));
      assert.ok(!warned(await plan({ otherService: 'replace' })));
    });

    it('does not with misp-modules behind it, nor where there is no other service', async () => {
      assert.ok(!warned(await plan()));
      other();
      await deployWith(
        [{ id: 'behind', type: 'misp-modules', url: 'http://127.0.0.1:1' }],
        {},
        {
          upstream: 'behind',
        },
      );
      assert.ok(!warned(await plan()));
      assert.ok(!warned(await plan({ otherService: 'in-front' })));
    });
  });

  describe('a workflow that stops what is not cleared', () => {
    const closed = () =>
      on
        .ask<{ closed: ClosedMisp[] }>('GET', 'connect/closed?trigger=event-publish')
        .then((one) => one.closed);

    it('is red while the trigger does not clear, whatever the tag is called', async () => {
      await on.deploy(CLEARS);
      await on.connect();
      assert.equal((await row('closed'))?.level, 'green');
      await on.deploy();
      const found = await row('closed');
      assert.equal(found?.level, 'red');
      assert.match(found.words, /the flow clears nothing/);
      const { notes, opens, steps } = await on.ask<ConnectPreview>('POST', 'connect/plan');
      assert.match(notes.join('\n'), /the flow clears nothing/);
      assert.deepEqual([opens, steps], [true, []]);
    });

    it('is known by its shape where somebody has drawn it in MISP, and proposed', async () => {
      const data = structuredClone(handDrawn.graph) as Record<string, unknown>;
      on.misp.workflowStore.add({ trigger_id: 'event-publish', data });
      assert.deepEqual(await closed(), [], 'the trigger is off');
      on.misp.workflowStore.switchTrigger('event-publish', true);
      assert.deepEqual(await closed(), [{ server: 'misp', url: on.misp.url, tag: 'node-red:cleared' }]);
      assert.equal((await row('closed'))?.level, 'red', 'the flow clears nothing');
      await on.deploy({ ...CLEARS, clearTag: 'node-red:cleared' });
      assert.equal((await row('closed'))?.level, 'green');
      await on.deploy(CLEARS);
      const other = await row('closed');
      assert.equal(other?.level, 'red');
      assert.match(other.words, /has not the tag node-red:cleared, and the flow clears with ours:cleared/);
      const { steps, hindrances } = await on.ask<ConnectPreview>('POST', 'connect/plan');
      assert.deepEqual([steps, hindrances.length], [[], 1]);
      on.misp.workflowStore.byTrigger('event-publish')!.data = structuredClone({ 1: data[1] });
      assert.deepEqual(await closed(), []);
    });

    it('is known where the Enrichment service decides, whoever has drawn it', async () => {
      const asks = insertAt(
        graphOf(handGate.graph),
        placesIn(graphOf(handGate.graph))[0],
        plainChain(PUBLISH_MODULE),
      );
      on.misp.workflowStore.add({
        trigger_id: 'event-publish',
        data: structuredClone(asks),
      });
      on.misp.workflowStore.switchTrigger('event-publish', true);
      const elsewhere = await row('closed');
      assert.deepEqual(
        [elsewhere?.level, /No flow of this listener/.test(elsewhere?.words ?? '')],
        ['yellow', true],
      );
      await deployWith([
        node('in', 'misp-module-in', [['out']], {
          ...{
            listener: 'listener',
            kind: 'expansion',
            module: 'stub_plain',
            input: ['ip-dst'],
            format: 'plain',
          },
        }),
        node('out', 'misp-module-out', [], {}),
      ]);
      assert.equal((await row('closed'))?.level, 'green');
    });

    it('is proposed to triggers that are drawn later, until it is undone or its MISP is gone', async () => {
      assert.deepEqual(await closed(), []);
      await on.deploy(CLEARS);
      on.misp.workflowStore.create('event-publish');
      const theirs = on.misp.workflowStore.byTrigger('event-publish')!;
      const [block] = Object.values(graphOf(theirs.data));
      const other = { ...block, id: 2, data: { ...block.data, id: 'theirs', module_type: 'action' } };
      Object.assign(theirs.data, { 2: other });
      await on.connect({ place: 'leave' });
      assert.deepEqual(await closed(), [], 'a workflow that was left alone stops nothing');
      on.misp.workflowStore.remove(theirs);
      const run = await on.connect();
      const own = { server: 'misp', url: on.misp.url, tag: 'ours:cleared' };
      assert.deepEqual((await closed()).at(-1), own);
      assert.deepEqual(
        (await on.ask<{ closed: object[] }>('GET', 'connect/closed?trigger=ad-hoc')).closed,
        [],
      );
      await deploy(on.nodeRed.RED, [tab, listener(on.port)], {});
      assert.deepEqual(await closed(), []);
      await on.deploy(CLEARS);
      const { run: back } = await on.ask<{ run: string }>('POST', `connect/runs/${run}/undo`);
      await on.over(`connect/runs/${back}`);
      assert.ok(!(await closed()).some(({ url }) => url === on.misp.url));
      assert.ok(graphOf(on.misp.workflowStore.byTrigger('event-publish')?.data));
    });
  });
});
