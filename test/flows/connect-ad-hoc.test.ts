import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { NEWEST } from '../../sandbox/misp/version';
import { paramsIn } from '../../src/misp/ad-hoc';
import { graphOf } from '../../src/actions/misp-graph';
import type { CheckedRow, ConnectPreview, ConnectRun } from '../../nodes/plugin/api';
import { allow, block, idOf, ifTag, listener, tab, trigger } from '../support/flows';
import { freePort } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';
import { rest } from '../sandbox/support/rest';

const MODULE = 'nodered_ad_hoc';
const TAG = 'node-red:cleared';

describe('connecting an ad hoc workflow of MISP', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let port: number;

  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  afterEach(() => misp.close());
  after(() => nodeRed.stop());

  async function start(settings: object = {}, version = NEWEST): Promise<void> {
    misp = await startStandInMisp({ port: 0, version });
    misp.settings.set('Plugin.Workflow_enable', true);
    // An id that is taken and gone: the name of a trigger is not the workflow's id then.
    misp.workflowStore.add({ trigger_id: 'event-publish', id: '30' });
    misp.workflowStore.remove(misp.workflowStore.rows[0]);
    await deployAgain(settings);
  }
  async function deployAgain(settings: object): Promise<void> {
    const flow = [
      tab,
      { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5 },
      listener(port),
      trigger(['if'], { trigger: 'ad-hoc', module: MODULE, ...settings }),
      ifTag('if', 'tlp:red', ['stop'], ['go']),
      block(),
      allow(),
    ];
    const login = { user: 'misp', password: 'secret' };
    await deploy(nodeRed.RED, flow, { misp: { apiKey: API_KEY }, listener: login });
  }
  async function ask<T>(method: 'GET' | 'POST', path: string, body: object = {}): Promise<T> {
    const sent = { trigger: idOf('trigger'), server: 'misp', key: '', host: '127.0.0.1', ...body };
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify(sent) } : {}),
    });
    assert.equal(response.status, 200);
    return (await response.json()) as T;
  }
  const plan = () => ask<ConnectPreview>('POST', 'connect/plan');
  const amiss = async () => {
    const { rows } = await ask<{ rows: CheckedRow[] }>('POST', 'check');
    return rows.filter(({ level }) => level !== 'green').map(({ id, level }) => `${level} ${id}`);
  };
  async function over(run: string): Promise<ConnectRun> {
    for (;;) {
      const found = await ask<ConnectRun>('GET', `connect/runs/${run}`);
      if (found.isOver) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  async function connect(): Promise<string> {
    const { steps: seen } = await plan();
    const { run } = await ask<{ run: string }>('POST', 'connect/start', { seen });
    const { steps } = await over(run);
    const left = steps.filter(({ state }) => state === 'failed' || state === 'left');
    assert.deepEqual(left, []);
    return run;
  }
  const rows = () => misp.workflowStore.rows.filter(({ trigger_id }) => trigger_id.startsWith('adhoc_'));
  const execute = async (data: object) => {
    const headers = {
      Accept: 'application/json',
      Authorization: API_KEY,
      'Content-Type': 'application/json',
    };
    const body = JSON.stringify({ Workflow: { data: JSON.stringify(data) } });
    return (await rest(misp.url, 'POST', `/workflows/executeWorkflow/${rows()[0].id}`, headers, body)).body;
  };
  const red = () =>
    [...misp.events.values()].find(({ Tag }) => Tag.some(({ name }) => name === 'tlp:red'))!.id;

  it('makes one with parameters that MISP can run, and MISP obeys; a second time there is nothing to do', async () => {
    await start();
    const { steps, notes } = await plan();
    assert.match(
      steps.join('\n'),
      /Create the workflow for nodered_ad_hoc[\s\S]*Turn the trigger nodered_ad_hoc on/,
    );
    assert.match(
      notes.join('\n'),
      /on all events; of several events it tells the outcome of the last one only/,
    );
    await connect();
    const [row] = rows();
    assert.equal(row.name, MODULE);
    assert.notEqual(row.trigger_id, `adhoc_${row.id}`, 'the name of the trigger is another one');
    assert.deepEqual(paramsIn(graphOf(row.data)), { scope: 'passed_event_ids', filters: '{}' });
    assert.deepEqual(await execute({ eventid: ['2'] }), { success: true, outcome: 'success' });
    assert.deepEqual(await execute({ eventid: [red()] }), { success: false, outcome: 'failure' });
    assert.deepEqual((await plan()).steps, []);
    assert.deepEqual(await amiss(), ['yellow version', 'yellow closed']);
  });

  it('takes it back, and leaves those of others', async () => {
    await start();
    misp.workflowStore.create('adhoc_7');
    const run = await connect();
    assert.equal(rows().length, 2);
    const undo = await ask<{ run: string }>('POST', `connect/runs/${run}/undo`);
    const { steps } = await over(undo.run);
    const bad = steps.filter(({ state }) => state !== 'done' && state !== 'unchanged');
    assert.deepEqual(bad, []);
    assert.deepEqual(
      rows().map(({ trigger_id }) => trigger_id),
      ['adhoc_7'],
    );
  });

  it('finds the one that calls the module, whatever it is called, and the one of a name', async () => {
    await start();
    await connect();
    rows()[0].name = 'Renamed in MISP';
    assert.deepEqual((await plan()).steps, []);
    await deployAgain({ adHocName: 'By its name', module: 'nodered_other' });
    Object.assign(misp.workflowStore.create('adhoc_50'), { name: 'By its name' });
    await connect();
    assert.deepEqual(
      rows()
        .map(({ name }) => name)
        .sort(),
      ['By its name', 'Renamed in MISP'],
    );
    const drawn = Object.values(graphOf(rows()[1].data)).map(({ data }) => data.id);
    assert.deepEqual(drawn.sort(), ['adhoc_50', 'nodered_other']);
  });

  it('does nothing where two have the name, or the search is none', async () => {
    await start({ adHocName: 'Twice' });
    for (const id of ['adhoc_50', 'adhoc_51']) {
      Object.assign(misp.workflowStore.create(id), { name: 'Twice' });
    }
    const { problem } = await ask<{ problem?: string }>('POST', 'connect/plan');
    assert.match(JSON.stringify(problem), /several ad hoc workflows that are called Twice/);
    await deployAgain({ adHocScope: 'events', adHocFilters: '{nope' });
    const { steps, hindrances } = await plan();
    assert.deepEqual(steps, []);
    assert.match(hindrances.join(), /is no JSON object/);
  });

  it('warns of a search for all events, and mends parameters that MISP cannot run', async () => {
    await start({ adHocScope: 'events' });
    assert.match(
      (await plan()).notes.join('\n'),
      /Each run of the ad hoc workflow nodered_ad_hoc is on all events/,
    );
    await connect();
    assert.deepEqual(await amiss(), ['yellow version', 'yellow closed', 'yellow parameters']);
    const [row] = rows();
    const [[, first]] = Object.entries(row.data) as [string, { data: object }][];
    first.data = { ...first.data, indexed_params: [] };
    const { rows: all } = await ask<{ rows: CheckedRow[] }>('POST', 'check');
    const broken = all.find(({ id }) => id === 'parameters')!;
    assert.equal(broken.level, 'red');
    await ask('POST', 'check/mend', { row: broken.id, seen: broken.mend });
    assert.equal(paramsIn(graphOf(row.data))?.scope, 'events');
  });

  it('fails closed where the flow clears: an away Node-RED is no success then', async () => {
    await start({ clears: true, clearServer: 'misp', clearTag: TAG });
    await connect();
    assert.deepEqual(await amiss(), ['yellow version']);
    assert.deepEqual(await execute({ eventid: ['2'] }), { success: true, outcome: 'success' });
    const tags = misp.event('2')!.Tag.map(({ name }) => name);
    assert.ok(!tags.includes(TAG), 'the clearance does not stay');
    assert.equal((await execute({ eventid: [red()] })).success, false);
    assert.equal((await execute({ Event: {} })).success, false);
    // Nobody listens there.
    misp.settings.set('Plugin.Action_services_port', await freePort());
    assert.deepEqual(await execute({ eventid: ['2'] }), { success: false, outcome: 'blocked' });
  });

  it('fails open without that, as MISP does', async () => {
    await start();
    await connect();
    misp.settings.set('Plugin.Action_services_port', await freePort());
    assert.deepEqual(await execute({ eventid: ['2'] }), { success: true, outcome: 'success' });
    assert.deepEqual(await execute({}), { success: true, outcome: 'success' }, 'on all events');
    assert.ok(misp.outcomes.length > misp.events.size);
  });

  it('says so where MISP is too old for them', async () => {
    await start({}, '2.5.1');
    const { steps, hindrances } = await plan();
    assert.deepEqual(steps, []);
    assert.match(hindrances.join(), /2\.5\.1 does not have the trigger ad-hoc/);
  });
});
