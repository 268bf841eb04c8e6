import { strict as assert } from 'node:assert';
import { API_KEY, READ_ONLY_KEY } from '../../sandbox/misp/server';
import { NEWEST } from '../../sandbox/misp/version';
import { placesIn } from '../../src/actions/misp-graph';
import { bareGraph, insertAt, withTriggerData, type Part } from '../../src/connect/splice';
import { RunningWorkflows } from '../../src/echo/running';
import { planRuns, type Runnable } from '../../src/actions/run-workflow';
import { allow, credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { freePort, listening } from '../support/misp';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { MispNodeTest, type NodeSettings } from '../support/misp-node';
import { eventOf, resultOf } from '../support/planned';
import { deploy } from '../support/node-red';

describe('misp-run-workflow', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  const run = (settings: NodeSettings) => test.deploy('misp-run-workflow', { timeout: 5, ...settings });
  const payload = (id = '2') => ({ payload: eventOf(test.misp, id) });
  /** An ad hoc workflow with MISP's stop behind a condition on the event's id, if one is to be stopped. */
  function make(name: string, scope: string, { filters = '{}', stops = '', on = true, module = '' } = {}) {
    const row = test.misp.workflowStore.create(`adhoc_${100 + test.misp.workflowStore.rows.length}`);
    const bare = withTriggerData(bareGraph(row.trigger_id), { indexed_params: { scope, filters } });
    const params = { hash_path: 'Event.id', operator: 'equals', value: stops };
    const decides = { module: 'generic-if', kind: 'logic', params, ways: { output_1: 'stop' } } as const;
    const parts: Readonly<Record<string, Part>> = module
      ? { ours: { module, kind: 'action' } }
      : { decides, stop: { module: 'stop-execution', kind: 'action' } };
    const exit = module ? { part: 'ours', output: 'output_1' } : { part: 'decides', output: 'output_2' };
    const data = stops || module ? insertAt(bare, placesIn(bare)[0], { parts, exit }) : bare;
    Object.assign(row, { name, data });
    test.misp.workflowStore.switchTrigger(row.trigger_id, on);
    for (const used of ['generic-if', 'stop-execution', module])
      if (used) test.misp.workflowStore.switchModule(used, true);
    return row;
  }

  before(async () => {
    test = await MispNodeTest.start();
    test.misp.version = NEWEST;
  });
  beforeEach(() => {
    test.misp.version = NEWEST;
    test.misp.workflowStore.rows.length = 0;
    test.misp.outcomes.length = 0;
  });
  after(() => test.stop());

  it('runs one for each event by itself, and knows the outcome of each', async () => {
    const row = make('Review', 'passed_event_ids', { stops: '1' });
    await run({ workflows: ['Review'], onFailure: 'continue' });
    const [event] = test.misp.events.values();
    const [message] = await (test.receive({ payload: [{ Event: { id: '1' } }, '2', event.uuid] }),
    until(() => test.sent.length > 0)).then(() => test.sent.map((one) => one.message));
    const { operations } = resultOf(message);
    assert.deepEqual(
      operations.map(({ state, answer }) => [state, (answer as { outcome: string }).outcome]),
      [
        ['failed', 'blocked'],
        ['done', 'success'],
        [event.id === '1' ? 'failed' : 'done', event.id === '1' ? 'blocked' : 'success'],
      ],
    );
    assert.match(test.errors.join(), /ended with "blocked"/);
    assert.deepEqual(
      test.calls.filter((call) => call.includes('execute')),
      Array.from({ length: 3 }, () => `POST /workflows/executeWorkflow/${row.id}`),
    );
  });

  it('finds workflows by name, id, adhoc_N and as MISP writes them', async () => {
    const row = make('A :: name', 'passed_event_ids');
    for (const name of ['A :: name', row.id, row.trigger_id, `${row.trigger_id} :: an old name`]) {
      await run({ workflows: [name] });
      const [message] = await test.send(payload());
      assert.equal(resultOf(message).operations[0].state, 'done', name);
    }
    for (const name of ['adhoc_999', 'another', '__proto__', '../events']) {
      await run({ workflows: [name] });
      assert.match(await test.fail(payload()), /has no workflow that is called/, name);
    }
    make('A :: name', 'passed_event_ids');
    await run({ workflows: ['A :: name'] });
    assert.match(await test.fail(payload()), /several ad hoc workflows/);
  });

  it('never has MISP run one on all events', async () => {
    make('Review', 'passed_event_ids');
    const odd = [
      {},
      [],
      '',
      'x',
      0,
      null,
      { Event: {} },
      { Event: { id: '1 or 1' } },
      [{ Event: { id: '2' } }, {}],
    ];
    for (const data of odd) {
      await run({ workflows: ['Review'] });
      assert.match(await test.fail({ payload: data }), /holds no event/, JSON.stringify(data));
    }
    for (const input of ['roaming_data', 'nothing']) {
      await run({ workflows: ['Review'], input });
      assert.match(await test.fail(payload()), /takes events/);
    }
    assert.equal(test.misp.outcomes.length, 0);
  });

  it('starts one that searches once, and one that takes data with the data', async () => {
    make('Search', 'events', { filters: '{"eventid": ["2"]}' });
    await run({ workflows: ['Search'] });
    const [message] = await test.send({ payload: ['1', '2'] });
    assert.equal(resultOf(message).operations.length, 1);
    assert.deepEqual(
      test.misp.outcomes.map(({ eventId }) => eventId),
      ['2'],
    );
    make('Data', 'passed_roaming_data');
    await run({ workflows: ['Data'], input: 'roaming_data' });
    await test.send(payload('1'));
    assert.equal(test.misp.outcomes.at(-1)?.eventId, '1');
    await run({ workflows: ['Data'] });
    assert.match(await test.fail(payload()), /takes data/);
  });

  it("runs the workflow of a trigger on data, without doing the trigger's thing", async () => {
    test.misp.workflowStore.create('event-publish');
    test.misp.workflowStore.switchTrigger('event-publish', true);
    await run({ workflows: ['event-publish'], input: 'roaming_data' });
    const [message] = await test.send(payload());
    assert.equal(resultOf(message).operations[0].state, 'done');
    assert.equal(test.misp.event('2')?.published, false);
  });

  it('says what MISP cannot run: off, without parameters, too old, or for another key', async () => {
    make('Off', 'passed_event_ids', { on: false });
    Object.assign(test.misp.workflowStore.create('adhoc_7'), { name: 'Fresh' });
    test.misp.workflowStore.switchTrigger('adhoc_7', true);
    const cases: [NodeSettings, RegExp][] = [
      [{ workflows: ['Off'] }, /is off in MISP/],
      [{ workflows: ['Fresh'] }, /does not say what it gets/],
      [{ workflows: ['Off'], key: READ_ONLY_KEY }, /403|permission|may not|not allowed/i],
    ];
    for (const [settings, words] of cases) {
      await run(settings);
      assert.match(await test.fail(payload()), words);
    }
    test.misp.version = '2.5.1';
    await run({ workflows: ['Off'] });
    assert.match(await test.fail(payload()), /older than 2\.5\.2 cannot/);
    await run({ workflows: [' '] });
    assert.match(await test.fail(payload()), /No workflow of MISP is named/);
  });

  it('plans only, in a dry run', async () => {
    make('Review', 'passed_event_ids');
    await run({ workflows: ['Review'], dryRun: true });
    const [message] = await test.send(payload());
    assert.deepEqual(
      resultOf(message).operations.map(({ state, operation }) => [state, operation.do]),
      [['planned', 'run-workflow']],
    );
    assert.equal(test.misp.outcomes.length, 0);
  });

  for (const call of ['execute', 'page']) {
    it(`does not do it again when the answer did not come: ${call}`, async () => {
      make('Review', 'passed_event_ids');
      await run({ workflows: ['Review'], call });
      test.recorder.answer = ({ path }, response) => {
        if (!/executeWorkflow|runWorkflow/.test(path)) return false;
        response.socket?.destroy();
        return true;
      };
      await test.fail(payload());
      assert.equal(test.calls.filter((one) => /executeWorkflow|runWorkflow/.test(one)).length, 1);
    });
  }

  describe("asked as MISP's page of an event does", () => {
    const page = (settings: NodeSettings = {}) => run({ workflows: ['Review'], call: 'page', ...settings });

    it('runs each event by itself, with the variables in the field of its form', async () => {
      const { id } = make('Review', 'passed_event_ids', { stops: '1' });
      const variables = [{ name: 'reason', value: 'for {{ 1 + 1 }} "reasons"' }];
      await page({ variables, onFailure: 'continue' });
      test.receive({ payload: ['1', '2'] });
      await until(() => test.sent.length > 0 && test.errors.length > 0);
      assert.deepEqual(
        test.recorder.calls
          .filter(({ path }) => path.includes('runWorkflow'))
          .map(({ path, body }) => [path, body]),
        ['1', '2'].map((event) => [
          `/events/runWorkflow/${event}`,
          { Event: { [id]: 1, environment_variables: '{"reason":"for 2 \\"reasons\\""}' } },
        ]),
      );
      assert.deepEqual(
        resultOf(test.sent[0].message).operations.map(({ state, answer }) => [state, answer]),
        [
          ['failed', { success: false, outcome: 'failure' }],
          ['done', { success: true, outcome: 'success' }],
        ],
      );
      assert.match(test.errors[0], /ended with "failure"/);
    });

    it('sends no variables where there are none, as to MISPs that know of none', async () => {
      const { id } = make('Review', 'passed_event_ids');
      test.misp.version = '2.5.2';
      await page();
      await test.send(payload());
      assert.deepEqual(test.recorder.calls.at(-1)?.body, { Event: { [id]: 1 } });
    });

    it('runs what searches, or takes data, as its API does', async () => {
      make('Review', 'events', { filters: '{"eventid": ["2"]}' });
      await page();
      await test.send(payload());
      assert.ok(test.calls.some((call) => call.includes('executeWorkflow')));
      assert.ok(!test.calls.some((call) => call.includes('runWorkflow')));
    });
  });

  describe('behind a flow that a workflow of MISP has called', () => {
    let port = 0;
    const flow = (workflow: string, more: object = {}) => [
      tab,
      listener(port),
      { id: 'misp', type: 'misp-server', url: test.misp.url, timeout: 20, verify: true },
      trigger(['run'], {
        trigger: 'ad-hoc',
        module: 'ours',
        deadline: 6,
        mostRuns: 5,
        mostRunsIn: 60,
        ...more,
      }),
      node('run', 'misp-run-workflow', [['go', 'take']], { server: 'misp', workflows: [workflow] }),
      node('inject', 'function', [['first']], { func: 'return msg;' }),
      node('first', 'misp-run-workflow', [['take']], { server: 'misp', workflows: ['Circle'] }),
      allow(),
      node('take', 'function', [[]], { func: "global.get('take')(0, msg);" }),
    ];
    const start = async (workflow: string, more: object = {}) => {
      port = await freePort();
      Object.assign(test.misp.actionService, { url: 'http://misp:secret@127.0.0.1', port });
      await deploy(test.nodeRed.RED, flow(workflow, more), { misp: { apiKey: API_KEY }, ...credentials });
      await listening(port);
      test.clear();
      test.misp.outcomes.length = 0;
    };

    it('refuses the one that is being run: MISP has no guard', async () => {
      make('Circle', 'passed_event_ids', { module: 'ours' });
      await start('Circle');
      const log = collectLog(test.nodeRed.RED);
      test.nodeRed.RED.nodes.getNode(idOf('first'))?.receive(payload());
      await until(() => test.misp.outcomes.length > 0);
      log.stop();
      assert.match(log.text(), /being run already, and this run comes of it/);
      assert.equal(test.misp.outcomes.length, 1);
      assert.equal(test.misp.outcomes[0].blocked, true, 'the error decides by policy');
    });

    it('runs another one, with its variables', async () => {
      make('Circle', 'passed_event_ids', { module: 'ours' });
      make('Other', 'passed_event_ids');
      await start('Other');
      test.nodeRed.RED.nodes.getNode(idOf('first'))?.receive(payload());
      await until(() => test.sent.length === 2);
      assert.equal(test.misp.outcomes.length, 2);
      assert.ok(test.misp.outcomes.every(({ blocked }) => !blocked));
    });

    it('and a circle that MISP does not wait for is ended by the count of runs', async () => {
      make('Circle', 'passed_event_ids', { module: 'ours' });
      await start('Circle', { goOn: 'watch' });
      const log = collectLog(test.nodeRed.RED);
      test.nodeRed.RED.nodes.getNode(idOf('first'))?.receive(payload());
      await until(
        () => /being run already|had (?:its )?\d+ runs|too often|times within/i.test(log.text()),
        15_000,
      );
      await new Promise((resolve) => setTimeout(resolve, 500));
      const count = test.misp.outcomes.length;
      await new Promise((resolve) => setTimeout(resolve, 500));
      log.stop();
      assert.equal(test.misp.outcomes.length, count, 'it has ended');
      assert.ok(count <= 7, String(count));
    });
  });

  for (const call of ['execute', 'page'])
    it(`gives variables to the flow that MISP calls: ${call}`, async () => {
      const port = await freePort();
      Object.assign(test.misp.actionService, { url: 'http://misp:secret@127.0.0.1', port });
      make('Circle', 'passed_event_ids', { module: 'ours' });
      const variables = [{ name: 'reason', value: 'for {{ Event.id }}' }];
      await deploy(
        test.nodeRed.RED,
        [
          tab,
          listener(port),
          { id: 'misp', type: 'misp-server', url: test.misp.url, timeout: 20, verify: true },
          trigger(['take', 'go'], { trigger: 'ad-hoc', module: 'ours' }),
          node('take', 'function', [[]], { func: "global.get('take')(0, msg);" }),
          allow(),
          node('first', 'misp-run-workflow', [[]], {
            server: 'misp',
            workflows: ['Circle'],
            variables,
            call,
          }),
        ],
        { misp: { apiKey: API_KEY }, ...credentials },
      );
      await listening(port);
      test.clear();
      test.nodeRed.RED.nodes.getNode(idOf('first'))?.receive(payload());
      await until(() => test.sent.length > 0);
      assert.deepEqual((test.sent[0].message.misp as { env: unknown }).env, { reason: 'for 2' });
    });
});

describe('running workflows', () => {
  it('are told apart, counted and forgotten', () => {
    const running = new RunningWorkflows(3);
    const over = running.begin(['a 1', 'a 2']);
    assert.deepEqual([running.refuses(['a 1']), running.refuses(['a 3'])], [true, false]);
    const again = running.begin(['a 1']);
    over();
    over();
    assert.deepEqual([running.refuses(['a 1']), running.refuses(['a 2'])], [true, false]);
    again();
    assert.equal(running.refuses(['a 1']), false);
    const all = [1, 2, 3].map((n) => running.begin([`b ${n}`]));
    assert.equal(running.refuses(['c']), true, 'too deep');
    for (const end of all) end();
    assert.equal(running.refuses(['c']), false);
  });

  it('are no more than a thousand in a plan', () => {
    const one: Runnable = { id: '1', name: 'x', scope: 'passed_event_ids', on: true };
    const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));
    assert.equal(planRuns([one], 'event_ids', {}, ids(1000)).length, 1000);
    assert.throws(() => planRuns([one], 'event_ids', {}, ids(1001)), { key: 'runWorkflow.tooMany' });
    assert.equal(planRuns([one], 'event_ids', {}, ['7', '7', 7]).length, 1, 'each event once');
  });
});
