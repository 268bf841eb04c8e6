import { strict as assert } from 'node:assert';
import {
  ANALYST_KEY,
  API_KEY,
  ORG_ADMIN_KEY,
  READ_ONLY_KEY,
  READER_KEY,
  startStandInMisp,
  type StandInMisp,
  type StandInOptions,
} from '../../sandbox/misp/server';
import { moduleEntry, TestActionService } from './support/action-service';
import { rest } from './support/rest';

const MODULE = 'nodered_block';
const PAGES = [
  'index',
  'triggers',
  'moduleIndex',
  `moduleView/${MODULE}`,
  'moduleView/event-publish',
  'view/1',
];

describe('the stand-in MISP in all its states', () => {
  let service: TestActionService;
  let misp: StandInMisp;

  before(async () => {
    service = await new TestActionService([moduleEntry(MODULE)]).start();
  });
  beforeEach(() => service.reset());
  afterEach(() => misp.close());
  after(() => service.close());

  const start = async (options: Partial<StandInOptions> = {}) => {
    misp = await startStandInMisp({ port: 0, ...options });
  };
  const setUp = (options: Partial<StandInOptions> = {}) =>
    start({
      actionService: { url: 'http://127.0.0.1', port: service.port },
      workflows: { 'event-publish': { module: MODULE } },
      ...options,
    });
  const ask = (method: 'GET' | 'POST', path: string, body?: object, key = API_KEY) =>
    rest(
      misp.url,
      method,
      `/${path}`,
      { Accept: 'application/json', Authorization: key },
      JSON.stringify(body),
    );
  const setting = (name: string, value: unknown) =>
    ask('POST', `servers/serverSettingsEdit/${name}`, { value });

  it('is set up over REST, step by step; nothing is asked before all are done', async () => {
    await start();
    for (const page of PAGES) assert.equal((await ask('GET', `workflows/${page}`)).status, 500, page);
    await setting('Plugin.Workflow_enable', true);
    assert.deepEqual((await ask('GET', 'workflows/index')).body, []);
    await ask('GET', 'workflows/editor/event-publish');
    const [{ Workflow }] = (await ask('GET', 'workflows/index')).body as unknown as {
      Workflow: { id: string };
    }[];
    await drawOurs(Workflow.id);
    assert.equal((await misp.publish('1')).answer.status, 200);
    assert.equal(service.calls.length, 0);
    await setting('Plugin.Action_services_enable', true);
    await setting('Plugin.Action_services_url', 'http://127.0.0.1');
    await setting('Plugin.Action_services_port', service.port);
    assert.equal((await ask('GET', `workflows/moduleView/${MODULE}`)).body.disabled, true);
    service.query = { body: '{"error":"no"}' };
    assert.equal((await misp.publish('1')).answer.status, 200, 'the trigger is off');
    await ask('POST', 'workflows/toggleModule/event-publish/1/1');
    assert.equal((await misp.publish('1')).answer.status, 403, 'listed, but not enabled: everything stops');
    assert.ok(!service.calls.includes('POST /query'));
    await ask('POST', `workflows/toggleModule/${MODULE}/1`);
    assert.equal((await misp.publish('1')).answer.status, 403);
    assert.ok(service.calls.includes('POST /query'));
    service.query = { body: '{"data":true}' };
    assert.equal((await misp.publish('1')).answer.status, 200);
    await ask('POST', 'workflows/rebuildRedis');
    assert.equal((await misp.publish('1')).answer.status, 403, 'forgotten');
    await setting('Plugin.Workflow_enable', false);
    assert.equal((await misp.publish('1')).answer.status, 200);
  });

  /** Our module behind the trigger. */
  async function drawOurs(id: string): Promise<void> {
    const { data } = misp.workflowStore.find(id)!;
    const trigger = data['1'] as { outputs: { output_1: object } };
    trigger.outputs.output_1 = { connections: [{ node: '2', output: 'input_1' }] };
    const block = { id: MODULE, name: MODULE, module_type: 'action', indexed_params: {}, saved_filters: {} };
    const graph = { ...data, 2: { id: 2, name: MODULE, data: block, inputs: {}, outputs: {} } };
    const reply = await ask('POST', `workflows/edit/${id}`, {
      Workflow: { name: 'x', data: JSON.stringify(graph) },
    });
    assert.equal(reply.status, 200);
  }

  it('shows its workflows to site admins alone', async () => {
    await setUp();
    for (const key of [ORG_ADMIN_KEY, ANALYST_KEY, READER_KEY]) {
      for (const page of PAGES)
        assert.equal((await ask('GET', `workflows/${page}`, undefined, key)).status, 403);
      for (const page of ['getSetting/MISP.live', 'serverSettings', 'getWorkers']) {
        assert.equal((await ask('GET', `servers/${page}`, undefined, key)).status, 403);
      }
    }
  });

  it('refuses the first write of a key that may only read, and shows the role of its user', async () => {
    await setUp();
    const get = async (path: string) => (await ask('GET', path, undefined, READ_ONLY_KEY)).body;
    const { Role } = (await get('users/view/me')) as { Role: Record<string, unknown> };
    assert.deepEqual([Role.perm_add, Role.perm_sync, Role.perm_site_admin], [true, true, true]);
    const version = await get('servers/getVersion');
    assert.deepEqual([version.perm_sync, version.perm_sighting], [false, false]);
    assert.equal((await get('workflows/moduleView/event-publish')).disabled, false);
    const before = JSON.stringify([misp.workflowStore.rows, [...misp.workflowStore.enabled]]);
    for (const [method, path] of [
      ['POST', 'workflows/toggleModule/tag_operation/1'],
      ['POST', 'workflows/edit/1'],
      ['POST', 'workflows/rebuildRedis'],
      ['POST', 'workflows/delete/1'],
      ['GET', 'workflows/editor/event-before-save'],
      ['POST', 'servers/serverSettingsEdit/MISP.live'],
      ['POST', 'tags/add'],
      ['POST', 'events/publish/1'],
    ] as const) {
      assert.equal(
        (await ask(method, path, method === 'POST' ? { value: false } : undefined, READ_ONLY_KEY)).status,
        403,
        path,
      );
    }
    assert.equal(JSON.stringify([misp.workflowStore.rows, [...misp.workflowStore.enabled]]), before);
    assert.equal((await ask('POST', 'events/restSearch', {}, READ_ONLY_KEY)).status, 200);
  });

  it('has no page of workflows without a galaxy of countries', async () => {
    await setUp({ countryGalaxy: false });
    for (const page of PAGES) assert.equal((await ask('GET', `workflows/${page}`)).status, 500, page);
    await ask('POST', 'galaxies/update');
    assert.equal((await ask('GET', 'workflows/index')).status, 200);
  });

  it('publishes at once without background jobs', async () => {
    await setUp({ settings: { 'MISP.background_jobs': false } });
    const { answer } = await misp.publish('1', { inline: false });
    assert.deepEqual([answer.status, misp.event('1')?.published], [200, true]);
    assert.equal((await ask('GET', 'workflows/index')).status, 500);
    assert.equal((await ask('GET', 'servers/getSetting/MISP.background_jobs')).body.value, false);
    assert.equal((await misp.fire('event-after-save', {})).failedOpen, undefined, 'there is no workflow');
    misp.workflows['event-after-save'] = { module: MODULE };
    assert.match((await misp.fire('event-after-save', {})).failedOpen ?? '', /no background workers/);
  });

  it('leaves the queue as it is while its workers are dead', async () => {
    await setUp({ workers: 'dead' });
    const { answer, outcome } = await misp.publish('1', { inline: false });
    assert.deepEqual([answer.status, misp.event('1')?.published], [200, false]);
    const { prio } = (await ask('GET', 'servers/getWorkers')).body as { prio: object };
    assert.deepEqual(prio, { ok: false, jobCount: 1 });
    misp.workers = 'alive';
    await outcome;
    assert.equal(misp.event('1')?.published, true);
    const { prio: now } = (await ask('GET', 'servers/getWorkers')).body as { prio: { ok: boolean } };
    assert.equal(now.ok, true);
  });

  it('is of the version that it says', async () => {
    const triggersOf = async () =>
      ((await ask('GET', 'workflows/triggers')).body as unknown as { id: string }[]).map(({ id }) => id);
    for (const [version, published, there, gone] of [
      ['2.5.1', false, 'post-after-save', 'event-before-delete'],
      ['2.5.24', true, 'post-after-save', 'event-before-delete'],
      ['2.5.38', true, 'analyst-data-after-save', 'adhoc'],
      ['2.5.39', false, 'event-before-delete', 'adhoc'],
      ['2.5.50', false, 'event-before-delete', 'post-after-save'],
    ] as const) {
      await setUp({ version });
      service.query = { body: '{"error":"no"}' };
      assert.equal((await misp.publish('1')).answer.status, 403);
      assert.equal(misp.event('1')?.published, published, version);
      assert.ok((await triggersOf()).includes(there), there);
      assert.ok(!(await triggersOf()).includes(gone), gone);
      const added = await ask('POST', 'workflows/add', { Workflow: { name: 'x' } });
      assert.equal(added.status, version === '2.5.1' ? 404 : 200);
      if (version !== '2.5.50') await misp.close();
    }
  });

  it('takes local tags from its host organisation alone', async () => {
    await setUp();
    const { uuid } = misp.event('1')!;
    const attach = async () =>
      (await ask('POST', 'tags/attachTagToObject', { uuid, tag: 'x', local: 1 })).status;
    assert.equal(await attach(), 200);
    misp.settings.set('MISP.host_org_id', null);
    assert.equal(await attach(), 403);
    const [{ id }] = misp.event('1')!.Attribute;
    const bulk = { attribute_ids: `[${id}]`, tag: misp.tags.make('y').id };
    assert.equal((await ask('POST', 'attributes/addTag/selected/local:1', bulk)).status, 200);
  });

  it('has settings for what its services list, and no others', async () => {
    await setUp();
    const of = async (name: string) => (await ask('GET', `servers/getSetting/${name}`)).status;
    assert.equal(await of(`Plugin.Action_${MODULE}_enabled`), 200);
    assert.equal(await of('Plugin.Workflow_triggers_event-publish'), 200);
    for (const name of [
      'Plugin.Action_nobody_enabled',
      '__proto__',
      'constructor',
      'Plugin.Action_ssl_cafile',
    ]) {
      assert.equal(await of(name), 404, name);
      assert.equal((await setting(name, true)).status, 404, name);
    }
    for (const value of [{}, [], null]) {
      assert.equal((await setting('Plugin.Workflow_debug_url', value)).status, 403);
    }
    assert.equal((await setting('Plugin.Workflow_debug_url', '')).body.errors, 'Value not set.');
    assert.equal((await setting('Plugin.Workflow_enable', 'maybe')).status, 403);
    assert.equal(misp.settings.isOn('Plugin.Workflow_enable'), true);
  });

  it('waits for its Action service as long as the setting says', async () => {
    await setUp();
    service.query = { body: '{"error":"late"}', delayMs: 400 };
    misp.settings.set('Plugin.Action_timeout', 0.1);
    assert.equal((await misp.publish('1')).answer.status, 200);
    await setting('Plugin.Action_timeout', 5);
    assert.equal((await misp.publish('1')).answer.status, 403);
  });
});
