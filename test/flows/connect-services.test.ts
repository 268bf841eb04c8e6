import { strict as assert } from 'node:assert';
import {
  API_KEY,
  ORG_ADMIN_KEY,
  READ_ONLY_KEY,
  startStandInMisp,
  type StandInMisp,
  type StandInOptions,
} from '../../sandbox/misp/server';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import type { CheckedRow, ConnectPreview, ConnectRun, RunList } from '../../nodes/plugin/api';
import { graphOf } from '../../src/actions/misp-graph';
import { isGated } from '../../src/connect/gate-shape';
import { allow, idOf, listener, node, tab, trigger } from '../support/flows';
import { freePort } from '../support/misp';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

const HOST = '127.0.0.1';
/** Signs that an address may not hold as they are. */
const PASSWORD = 'a@b/c#d?e%f+g h';
const VALUE = '198.51.100.45';
const ALL = ['Enrichment', 'Import', 'Export', 'Debug'];

describe("connecting MISP's other services from the listener's form", function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let behind: ModuleServiceStandIn | undefined;
  let port: number;

  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  afterEach(async () => {
    await misp.close();
    await behind?.close();
    behind = undefined;
  });
  after(() => nodeRed.stop());

  const module = (name: string, kind: string, more: object = {}) => [
    node(name, 'misp-module-in', [[`${name}_out`]], {
      ...{ listener: 'listener', kind, module: name, input: ['ip-dst'], format: 'plain' },
      ...more,
    }),
    node(`${name}_out`, 'misp-module-out', [], {}),
  ];
  const MODULES = [
    ...module('own_lookup', 'both'),
    ...module('own_import', 'import'),
    ...module('own_export', 'export'),
  ];

  async function start(options: Partial<StandInOptions> = {}, more: { at?: object; flow?: FlowNode[] } = {}) {
    misp = await startStandInMisp({ port: 0, ...options });
    const flow = [
      tab,
      { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5 },
      listener(port, more.at),
      ...(more.flow ?? MODULES),
    ];
    const secrets = { misp: { apiKey: API_KEY }, listener: { user: 'misp', password: PASSWORD } };
    await deploy(nodeRed.RED, flow, secrets);
  }
  const admin = async (method: 'GET' | 'POST', path: string, body: object) => {
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
    });
    assert.equal(response.status, 200);
    return (await response.json()) as unknown;
  };
  const asked = (wanted: readonly string[], body: object) => ({
    ...{ trigger: '', server: 'misp', key: '', host: HOST, services: { listener: 'listener', wanted } },
    ...body,
  });
  const plan = async (wanted: readonly string[] = ALL, body: object = {}) =>
    (await admin('POST', 'connect/plan', asked(wanted, body))) as ConnectPreview;
  const check = async (wanted: readonly string[] = ALL, body: object = {}) =>
    (await admin('POST', 'check', asked(wanted, body))) as { rows: CheckedRow[] };
  const amiss = async (wanted: readonly string[] = ALL) =>
    (await check(wanted)).rows
      .filter(({ level }) => level !== 'green')
      .map(({ id, level }) => `${level} ${id}`);
  async function over(run: string): Promise<ConnectRun> {
    for (;;) {
      const found = (await admin('GET', `connect/runs/${run}`, {})) as ConnectRun;
      if (found.isOver) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  async function connect(wanted: readonly string[] = ALL, body: object = {}) {
    const { steps: seen, ...rest } = await plan(wanted, body);
    assert.deepEqual([rest.questions, rest.hindrances], [[], []]);
    const { run } = (await admin('POST', 'connect/start', asked(wanted, { ...body, seen }))) as {
      run: string;
    };
    return { run, done: await over(run) };
  }
  const undone = ({ steps }: ConnectRun) =>
    steps.filter(({ state }) => state === 'failed' || state === 'left').map(({ words }) => words);
  const settings = () =>
    JSON.stringify(
      misp.settings
        .names()
        .filter((name) => !/Workflow_triggers_|_enabled$/.test(name))
        .map((name) => [name, misp.settings.get(name)]),
    );
  const setting = (name: string) => misp.settings.get(`Plugin.${name}`);
  const rest = async (path: string, body?: object) => {
    const response = await fetch(`${misp.url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { Accept: 'application/json', Authorization: API_KEY, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  };

  it('shows the plan of a fresh MISP, and changes nothing until it was seen', async () => {
    await start();
    misp.calls.reset();
    const { steps, questions, hindrances, notes } = await plan();
    assert.deepEqual([questions, hindrances], [[], []]);
    assert.match(
      steps.join('\n'),
      /Enrichment_services_enable to true[\s\S]*as its Enrichment service and finds the module own_lookup[\s\S]*Enrichment_own_lookup_enabled to true[\s\S]*Import_own_import_enabled to true[\s\S]*Export_own_export_enabled to true[\s\S]*Workflow_debug_url/,
    );
    assert.match(notes.join('\n'), /debug mode on/);
    const said = JSON.stringify({ steps, notes });
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), API_KEY]) assert.ok(!said.includes(secret));
    const changed = (await admin('POST', 'connect/start', asked(ALL, { seen: steps.slice(1) }))) as object;
    assert.ok('changed' in changed);
    assert.deepEqual(misp.calls.writing, []);
  });

  it('does it, MISP asks the flows, a second time there is nothing to do, and all of it is taken back', async () => {
    const events = sampleEvents();
    const [, event] = events;
    event.Attribute = [{ ...event.Attribute[0], id: '7001', type: 'ip-dst', value: VALUE }];
    event.Object = [];
    await start({ events });
    const before = settings();
    const { run, done } = await connect();
    assert.deepEqual(undone(done), []);
    assert.deepEqual((await plan()).steps, []);
    assert.deepEqual(await amiss(), []);
    assert.equal(setting('Enrichment_services_url'), `http://misp:${encoded(PASSWORD)}@${HOST}`);
    const { status, text } = await rest('/modules/queryEnrichment', {
      module: 'own_lookup',
      'ip-dst': VALUE,
    });
    assert.equal(status, 200);
    assert.match(text, /results/);
    const back = (await admin('POST', `connect/runs/${run}/undo`, asked(ALL, {}))) as { run: string };
    assert.deepEqual(undone(await over(back.run)), []);
    assert.equal(settings(), before);
    for (const name of [
      'Enrichment_own_lookup_enabled',
      'Import_own_import_enabled',
      'Export_own_export_enabled',
    ])
      assert.equal(setting(name), false);
  });

  it("shows the runs of MISP's own workflows once it is told of them", async () => {
    const workflows = { 'event-publish': { module: 'test_module' } };
    await start(
      { workflows, actionService: { url: 'http://misp:secret@127.0.0.1', port: 1 } },
      {
        flow: [trigger(['go']), allow()],
      },
    );
    misp.settings.set('Plugin.Workflow_enable', true);
    await connect(['Debug']);
    misp.workflowStore.byTrigger('event-publish')!.debug_enabled = true;
    await misp.publish('2');
    for (const end = Date.now() + 5000; ;) {
      const { rows } = (await admin('GET', 'runs', {})) as RunList;
      if (rows.some(({ source, trigger: of }) => source === 'misp' && of === 'event-publish')) break;
      assert.ok(Date.now() < end, JSON.stringify(rows));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  it('replaces no other service unasked: it goes in front of it, takes its place, or leaves it', async () => {
    behind = await startModules([moduleNamed('theirs', ['ip-dst'], { format: 'misp_standard' }, {})]);
    const theirs = { url: 'http://127.0.0.1', port: Number(new URL(behind.url).port) };
    await start({ moduleServices: { Enrichment: theirs } });
    const address = `http://127.0.0.1:${theirs.port}`;
    const first = await plan(['Enrichment', 'Import']);
    assert.deepEqual(first.steps, []);
    assert.deepEqual(first.questions, [
      { ask: 'otherService', address, service: 'Enrichment', decisions: ['replace', 'leave'] },
    ]);
    const refused = await plan(['Enrichment'], { others: { Enrichment: 'in-front' } });
    assert.deepEqual(refused.steps, []);
    assert.match(refused.hindrances.join(), /no misp-modules behind it/);
    const left = await plan(['Enrichment', 'Import'], { others: { Enrichment: 'leave' } });
    assert.ok(!left.steps.join().includes('Enrichment') && left.steps.join().includes('Import'));
    assert.match(
      (await plan(['Enrichment'], { others: { Enrichment: 'replace' } })).steps.join(),
      /services_port/,
    );
    await misp.close();
    const upstream = { id: 'behind', type: 'misp-modules', url: behind.url };
    await start(
      { moduleServices: { Enrichment: theirs } },
      { at: { upstream: 'behind' }, flow: [upstream, ...MODULES] },
    );
    const { questions } = await plan(['Enrichment']);
    assert.deepEqual(questions[0].ask === 'otherService' && questions[0].decisions, [
      'in-front',
      'replace',
      'leave',
    ]);
    const { done } = await connect(['Enrichment'], { others: { Enrichment: 'in-front' } });
    assert.deepEqual(undone(done), []);
    misp.settings.set('Plugin.Enrichment_theirs_enabled', true);
    assert.equal((await rest('/servers/getSetting/Plugin.Enrichment_theirs_enabled')).status, 200);
  });

  it('leaves another place that is told of runs, until it is decided', async () => {
    await start();
    misp.settings.set('Plugin.Workflow_debug_url', 'http://user:sentinel@debug.example:9000');
    const { questions, steps } = await plan(['Debug']);
    assert.deepEqual(steps, []);
    assert.deepEqual(questions, [
      {
        ask: 'otherService',
        address: 'http://***@debug.example:9000',
        service: 'Debug',
        decisions: ['replace', 'leave'],
      },
    ]);
    const left = await plan(['Debug'], { others: { Debug: 'leave' } });
    assert.deepEqual([left.steps, left.questions], [[], []]);
    await connect(['Debug'], { others: { Debug: 'replace' } });
    assert.deepEqual(await amiss(['Debug']), []);
  });

  describe('a workflow that a flow decides in', () => {
    const gate = { trigger: 'event-publish', module: 'own_lookup', word: 'cleared' };
    const with_ = (more: object = {}) => ({
      services: { listener: 'listener', wanted: ['Enrichment'], gate: { ...gate, ...more } },
    });
    const drawn = () => graphOf(misp.workflowStore.byTrigger(gate.trigger)?.data);

    it('is planned in words with its cost, drawn, checked, and taken back', async () => {
      await start();
      const before = settings();
      misp.calls.reset();
      const { steps, notes } = await plan([], with_());
      assert.match(
        steps.join('\n'),
        /Create the workflow[\s\S]*MISP stops unless[\s\S]*: 4 blocks[\s\S]*trigger event-publish on/,
      );
      assert.match(
        notes.join('\n'),
        /one question per attribute.*An event without such an attribute is stopped.*crashes/,
      );
      assert.deepEqual(misp.calls.writing, []);
      const { run, done } = await connect([], with_());
      assert.deepEqual(undone(done), []);
      assert.ok(isGated(drawn(), gate));
      assert.deepEqual((await plan([], with_())).steps, []);
      assert.ok((await check([], with_())).rows.every(({ level }) => level === 'green'));
      const back = (await admin('POST', `connect/runs/${run}/undo`, asked([], with_()))) as { run: string };
      assert.deepEqual(undone(await over(back.run)), []);
      assert.equal(misp.workflowStore.byTrigger(gate.trigger), undefined);
      assert.ok(!misp.workflowStore.isTriggerOn(gate.trigger));
      assert.equal(settings(), before);
    });

    it('never writes over a workflow: it asks where, and leaves what is there', async () => {
      await start();
      misp.settings.set('Plugin.Workflow_enable', true);
      await connect([], with_({ trigger: 'event-publish' }));
      const first = drawn();
      assert.deepEqual((await plan([], with_({ module: 'no_such' }))).steps, []);
      assert.match((await plan([], with_({ module: 'no_such' }))).hindrances.join(), /no_such/);
      misp.workflowStore.byTrigger(gate.trigger)!.data = structuredClone({
        1: first[1],
        2: { ...first[2], data: { ...first[2].data, indexed_params: { modules: ['theirs'] } }, outputs: {} },
      });
      const { questions, notes } = await plan([], with_());
      assert.equal(questions[0].ask, 'place');
      assert.match(notes.join('\n'), /asks other enrichment modules/);
      const { rows } = await check([], with_());
      assert.equal(rows.find(({ id }) => id === 'workflow')?.level, 'red');
      await connect([], { ...with_(), place: { from: '2', output: 'output_1' } });
      assert.deepEqual(drawn()[2].data, { ...first[2].data, indexed_params: { modules: ['theirs'] } });
      assert.ok(isGated(drawn(), gate));
      assert.deepEqual(
        (await check([], with_())).rows.filter(({ level }) => level !== 'green').map(({ id }) => id),
        ['gateOthers'],
      );
    });

    it('is mended with a click, and red in MISPs that publish whatever is stopped', async () => {
      await start({ version: '2.5.30' });
      await connect([], with_());
      misp.workflowStore.switchTrigger(gate.trigger, false);
      const { rows } = await check([], with_());
      assert.deepEqual(
        rows
          .filter(({ level }) => level === 'red')
          .map(({ id }) => id)
          .sort(),
        ['trigger', 'version'],
      );
      const seen = rows.find(({ id }) => id === 'trigger')?.mend;
      await admin('POST', 'check/mend', asked([], { ...with_(), row: 'trigger', seen }));
      assert.ok(misp.workflowStore.isTriggerOn(gate.trigger));
    });

    it('goes on where it was interrupted', async () => {
      await start();
      misp.faults.settings = { fault: '500', every: 1, only: /workflows\/edit/ };
      const { done } = await connect([], with_());
      misp.faults.settings = {};
      assert.ok(undone(done).length > 1);
      assert.ok(!misp.workflowStore.isTriggerOn(gate.trigger));
      assert.deepEqual(undone((await connect([], with_())).done), []);
      assert.ok(isGated(drawn(), gate));
    });

    it('is offered in the plan of a trigger that it goes with', async () => {
      const flow = [trigger(['go'], { trigger: 'event-before-save', module: 'before' }), allow()];
      await start({}, { flow });
      const body = { services: undefined, trigger: idOf('trigger') };
      assert.match((await plan([], body)).notes.join('\n'), /an enrichment module can decide here/);
    });

    it('needs an answer that MISP can read, and takes no other trigger', async () => {
      await start({}, { flow: module('own_lookup', 'both', { format: 'misp_standard' }) });
      assert.match((await plan([], with_())).hindrances.join(), /choose the format plain/);
      const none = (await admin(
        'POST',
        'connect/plan',
        asked([], with_({ trigger: 'user-before-save' })),
      )) as {
        problem?: string;
      };
      assert.match(String(none.problem), /event-before-save alone/);
    });
  });

  it('stops before it enables anything where MISP does not reach the listener', async () => {
    await start();
    const { done } = await connect(['Enrichment'], { host: 'no-such-host.invalid' });
    const failed = done.steps.findIndex(({ state }) => state === 'failed');
    assert.match(done.steps[failed].problem ?? '', /does not reach the listener/);
    assert.ok(done.steps.slice(failed + 1).every(({ state }) => state === 'left'));
  });

  it('goes on where it was interrupted', async () => {
    await start();
    misp.faults.settings = { fault: '500', every: 1, only: /serverSettingsEdit.*own_lookup_enabled/ };
    const { done } = await connect();
    misp.faults.settings = {};
    assert.ok(undone(done).length > 1);
    assert.deepEqual(undone((await connect()).done), []);
    assert.deepEqual(await amiss(), []);
  });

  for (const [what, key] of [
    ['of an org admin', ORG_ADMIN_KEY],
    ['for reading only', READ_ONLY_KEY],
  ] as const) {
    it(`changes nothing with a key ${what}, and says why`, async () => {
      await start();
      misp.calls.reset();
      const { steps, hindrances } = await plan(ALL, { key });
      assert.deepEqual([steps, hindrances.length], [[], 1]);
      const { rows } = await check(ALL, { key });
      assert.equal(rows.find(({ id }) => id === 'account')?.level, 'yellow');
      assert.deepEqual(misp.calls.writing, []);
    });
  }

  const BREAKS: [what: string, row: string, spoil: () => unknown][] = [
    [
      'the service is off',
      'red service.Import',
      () => misp.settings.set('Plugin.Import_services_enable', false),
    ],
    [
      'it leads elsewhere',
      'yellow service.Export',
      () => misp.settings.set('Plugin.Export_services_port', 1),
    ],
    [
      'the password is not encoded',
      'red credentials.Enrichment',
      () => misp.settings.set('Plugin.Enrichment_services_url', 'http://misp:wrong@127.0.0.1'),
    ],
    [
      'a module is not enabled',
      'red module.Enrichment.own_lookup',
      () => misp.settings.set('Plugin.Enrichment_own_lookup_enabled', false),
    ],
    ['MISP waits too short', 'red timeout.Import', () => misp.settings.set('Plugin.Import_timeout', 2)],
    [
      'MISP waits too short at a hover',
      'red timeout.Enrichment',
      () => misp.settings.set('Plugin.Enrichment_hover_timeout', 2),
    ],
    ['hovers are off', 'yellow hover', () => misp.settings.set('Plugin.Enrichment_hover_enable', false)],
    [
      'runs are told at a place that the listener does not have',
      'yellow debug',
      () =>
        misp.settings.set('Plugin.Workflow_debug_url', `http://misp:${encoded(PASSWORD)}@${HOST}:${port}`),
    ],
    [
      'nobody is told of runs',
      'yellow debug',
      () => misp.settings.set('Plugin.Workflow_debug_url', undefined),
    ],
    [
      'runs are told with another password',
      'red debug',
      () => misp.settings.set('Plugin.Workflow_debug_url', `http://misp:wrong@${HOST}:${port}/debug`),
    ],
  ];
  for (const [what, row, spoil] of BREAKS) {
    it(`sees that ${what}, and mends it with a click`, async () => {
      await start();
      await connect();
      spoil();
      assert.deepEqual(await amiss(), [row]);
      const id = row.split(' ')[1];
      const seen = (await check()).rows.find((one) => one.id === id)?.mend;
      misp.calls.reset();
      await admin('POST', 'check/mend', asked(ALL, { row: id, seen: ['something else'] }));
      assert.deepEqual(misp.calls.writing, [], 'done without having been seen');
      const mended = await admin('POST', 'check/mend', asked(ALL, { row: id, seen }));
      assert.deepEqual(
        (mended as { rows: CheckedRow[] }).rows.filter(({ level }) => level !== 'green'),
        [],
      );
    });
  }

  it('sees a module that MISP does not find, and one that is for one organisation alone', async () => {
    await start();
    await connect(['Enrichment']);
    misp.settings.set('Plugin.Enrichment_own_lookup_restrict', '3');
    assert.deepEqual(await amiss(['Enrichment']), ['yellow module.Enrichment.own_lookup']);
    misp.settings.set(
      'Plugin.Enrichment_services_url',
      `http://misp:${encoded(PASSWORD)}@no-such-host.invalid`,
    );
    const { rows } = await check(['Enrichment'], { host: 'no-such-host.invalid' });
    assert.equal(rows.find(({ id }) => id === 'module.Enrichment.own_lookup')?.level, 'red');
  });

  it('takes only a listener that is deployed, services that there are, and hosts that lead nowhere else', async () => {
    await start();
    misp.calls.reset();
    const problem = async (services: unknown, body: object = {}) => {
      const answer = await admin('POST', 'connect/plan', { ...asked(ALL, body), services });
      return (answer as { problem?: string }).problem ?? '';
    };
    for (const id of ['', 'misp', 'gone', '__proto__'])
      assert.match(await problem({ listener: id, wanted: ALL }), /not deployed/);
    for (const wanted of [[], ['Action'], ['__proto__'], 'Enrichment', [{}]])
      assert.match(await problem({ listener: 'listener', wanted }), /at least one/);
    for (const host of ['', 'user@evil', 'http://x', 'x:1', 'x/../y'])
      assert.match(await problem({ listener: 'listener', wanted: ALL }, { host }), /Name this machine/);
    assert.deepEqual(misp.calls.writing, []);
    const { questions } = await plan(['Enrichment'], { others: { Enrichment: 'x', __proto__: 'replace' } });
    assert.deepEqual(questions, []);
  });
});

/** As MISP's address wants a password. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
