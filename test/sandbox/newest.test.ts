import { strict as assert } from 'node:assert';
import { API_KEY, READ_ONLY_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { NEWEST } from '../../sandbox/misp/version';
import { placesIn } from '../../src/actions/misp-graph';
import { bareGraph, insertAt, withTriggerData, type Chain } from '../../src/connect/splice';
import { rest } from './support/rest';
import recorded from '../fixtures/adhoc/executeWorkflow-answers.json';
import recordedOnPage from '../fixtures/adhoc/runWorkflow-answers.json';

/** The answers that MISP 2.4.204, the twin of 2.5.6, was recorded with. */
const answerOf = (title: string) => recorded.find((one) => one.case === title)!;
const ID = '2';

describe('the stand-in as a newer MISP', () => {
  let misp: StandInMisp;
  beforeEach(async () => {
    misp = await startStandInMisp({
      port: 0,
      version: NEWEST,
      actionService: { url: 'http://127.0.0.1', port: 1 },
    });
  });
  afterEach(() => misp.close());

  const call = (method: string, path: string, body?: object, key = API_KEY) =>
    rest(
      misp.url,
      method,
      path,
      { Accept: 'application/json', Authorization: key, 'Content-Type': 'application/json' },
      body && JSON.stringify(body),
    );
  const execute = (id: string, data: unknown = { eventid: [ID] }) =>
    call('POST', `/workflows/executeWorkflow/${id}`, { Workflow: { data: JSON.stringify(data) } });
  async function make(scope: string, module = '', filters = '{}'): Promise<string> {
    const { body } = await call('POST', '/workflows/add', { Workflow: { name: scope, description: '' } });
    const { id, trigger_id: trigger } = (body as { Workflow: { id: string; trigger_id: string } }).Workflow;
    const bare = withTriggerData(bareGraph(trigger), { indexed_params: { scope, filters } });
    const chain: Chain = {
      parts: { one: { module, kind: 'action' } },
      exit: { part: 'one', output: 'output_1' },
    };
    const graph = module ? insertAt(bare, placesIn(bare)[0], chain) : bare;
    await call('POST', `/workflows/edit/${id}`, {
      Workflow: { name: scope, description: '', data: JSON.stringify(graph) },
    });
    await call('POST', `/workflows/toggleModule/${trigger}/1/1`);
    if (module) misp.workflowStore.switchModule(module, true);
    return id;
  }

  it("answers MISP's page of an event as recorded", async () => {
    const runs = async (title: string, event: string, ...ids: string[]) => {
      const known = recordedOnPage.find((one) => one.case === title)!;
      const body = { Event: Object.fromEntries(ids.map((id) => [id, 1])) };
      const { status, body: answer } = await call('POST', `/events/runWorkflow/${event}`, body);
      const wanted = JSON.stringify(known.answer).replaceAll(/399|401|f969ffea-[\da-f-]+/g, event);
      assert.deepEqual([status, answer], [known.status, JSON.parse(wanted)], title);
    };
    const allowed = await make('passed_event_ids');
    const other = await make('passed_roaming_data');
    await runs('runWorkflow allow', ID, allowed);
    await runs('runWorkflow, two workflows', ID, allowed, other);
    await runs('runWorkflow, event by uuid', misp.event(ID)!.uuid, allowed);
    await runs('runWorkflow block', ID, await make('passed_event_ids', 'stop-execution'));
    await runs('runWorkflow without wrapper', ID);
    await runs('runWorkflow, service dead', ID, await make('passed_event_ids', 'not_there'));
    const { id } = misp.workflowStore.create('event-publish');
    await runs('runWorkflow, a workflow that is not ad hoc', ID, id);
    assert.equal((await call('GET', `/events/runWorkflow/${ID}`)).status, 500);
    assert.equal((await call('POST', `/events/runWorkflow/${ID}`, { Event: {} }, READ_ONLY_KEY)).status, 403);
  });

  it('answers runs of ad hoc workflows as recorded', async () => {
    const dead = await execute(await make('passed_event_ids', 'not_there'));
    const known = answerOf('service dead (connection closed on /modules and /query)');
    assert.deepEqual([dead.status, dead.body], [known.status, known.answer]);
    const allowed = await make('passed_event_ids');
    assert.deepEqual((await execute(allowed)).body, answerOf('allow').answer);
    misp.workflowStore.switchTrigger(misp.workflowStore.find(allowed)!.trigger_id, false);
    assert.equal((await execute(allowed)).status, answerOf('trigger of the workflow disabled').status);
    const stops = await make('passed_event_ids', 'stop-execution');
    assert.deepEqual((await execute(stops)).body, { success: false, outcome: 'blocked' });
    assert.deepEqual((await execute(stops, { eventid: ['999999'] })).body, { success: false, outcome: null });
  });

  it('runs on all events if told nothing, and on none if told nonsense', async () => {
    const id = await make('passed_event_ids');
    await execute(id, {});
    assert.equal(misp.outcomes.length, misp.events.size);
    await execute(id, { Event: { id: ID } });
    assert.equal(misp.outcomes.length, misp.events.size);
  });

  it('refuses what MISP refuses', async () => {
    const id = await make('passed_roaming_data');
    const text = (data: unknown) => call('POST', `/workflows/executeWorkflow/${id}`, { Workflow: { data } });
    assert.deepEqual((await text('{nope')).body, { success: false, outcome: 'Invalid JSON' });
    assert.equal((await text({ foo: 1 })).status, 500);
    assert.equal((await text('"abc"')).status, 500);
    assert.equal((await execute('99999')).status, 404);
    const { body } = await call('POST', '/workflows/add', { Workflow: { name: 'fresh' } });
    assert.equal((await execute((body as { Workflow: { id: string } }).Workflow.id)).status, 500);
    for (const path of ['/workflows/adhoc', '/workflows/executeWorkflow/1'])
      assert.equal(
        (await call(path.includes('exec') ? 'POST' : 'GET', path, undefined, READ_ONLY_KEY)).status,
        403,
      );
    await make('events', '', '{nope');
    assert.equal((await call('GET', '/workflows/adhoc')).status, 500, 'one breaks the whole list');
  });

  it('has the modules of its version, and no others', async () => {
    const ids = async () => {
      const { body } = await call('GET', '/workflows/moduleIndex/type:all');
      return new Set(Object.values(body as Record<string, { id: string }>).map(({ id }) => id));
    };
    const newer = ['run-workflow', 'aggregate_comparator_if', 'filter-tag', 'notify-user-toast'];
    const now = await ids();
    assert.ok(newer.every((id) => now.has(id)));
    misp.version = '2.5.1';
    const then = await ids();
    assert.ok(newer.every((id) => !then.has(id)));
    assert.equal((await call('GET', '/workflows/adhoc')).status, 404);
  });

  it("runs MISP's own Run Workflow, which ignores what comes of it", async () => {
    const id = await make('passed_event_ids', 'stop-execution');
    const inner = misp.workflowStore.find(id)!;
    const outer = misp.workflowStore.find(await make('passed_event_ids', 'run-workflow'))!;
    const block = Object.values(outer.data).find(
      (one) => (one as { data: { id: string } }).data.id === 'run-workflow',
    ) as { data: { indexed_params: object } };
    const named = (name: string) =>
      (block.data.indexed_params = { workflows: [name], input_data: 'event_ids' });
    named(`${inner.trigger_id} :: ${inner.name}`);
    assert.deepEqual((await execute(outer.id)).body, { success: true, outcome: 'success' });
    assert.equal(misp.outcomes.length, 2);
    named(inner.id);
    await execute(outer.id);
    assert.match(misp.outcomes.at(-1)?.log.join() ?? '', /Invalid workflow/);
  });
});
