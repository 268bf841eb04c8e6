import { strict as assert } from 'node:assert';
import {
  API_KEY,
  ORG_ADMIN_KEY,
  READ_ONLY_KEY,
  startStandInMisp,
  type StandInMisp,
  type StandInOptions,
} from '../../sandbox/misp/server';
import { graphOf, placesIn, type Place } from '../../src/actions/misp-graph';
import { isFailClosed } from '../../src/connect/fail-closed';
import type { CheckedRow, ConnectPreview, ConnectRun } from '../../nodes/plugin/api';
import { idOf, listener, node, tab, trigger } from '../support/flows';
import { freePort } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

const MODULE = 'nodered_event_publish';
const HOST = '127.0.0.1';
/** Signs that an address may not hold as they are. */
const PASSWORD = 'a@b/c#d?e%f+g h';

describe('connecting a MISP from the editor', function () {
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

  async function start(options: Partial<StandInOptions> = {}, settings: object = {}): Promise<void> {
    misp = await startStandInMisp({ port: 0, ...options });
    if (options.workflows || options.version || options.countryGalaxy === false) {
      misp.settings.set('Plugin.Workflow_enable', true);
    }
    await deployAgain(settings);
  }
  async function deployAgain(settings: object, callers: object = {}, logins: object = {}): Promise<void> {
    const server = { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5 };
    const flow = [
      tab,
      server,
      listener(port, callers),
      trigger(['answer'], { module: MODULE, ...settings }),
      node('answer', 'misp-response', [], { answer: 'allow' }),
    ];
    await deploy(nodeRed.RED, flow, {
      misp: { apiKey: API_KEY },
      listener: { user: 'misp', password: PASSWORD, ...logins },
    });
  }
  async function ask<T>(method: 'GET' | 'POST', path: string, body: object = {}): Promise<T> {
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST'
        ? { body: JSON.stringify({ trigger: idOf('trigger'), server: 'misp', key: '', host: HOST, ...body }) }
        : {}),
    });
    assert.equal(response.status, 200);
    return (await response.json()) as T;
  }
  const plan = (body: object = {}) => ask<ConnectPreview>('POST', 'connect/plan', body);
  const check = (body: object = {}) => ask<{ rows: CheckedRow[] }>('POST', 'check', body);
  /** The ids of what is not green. */
  const amiss = async (body: object = {}) =>
    (await check(body)).rows
      .filter(({ level }) => level !== 'green')
      .map(({ id, level }) => `${level} ${id}`);
  async function over(run: string): Promise<ConnectRun> {
    for (;;) {
      const found = await ask<ConnectRun>('GET', `connect/runs/${run}`);
      if (found.isOver) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  async function connect(body: object = {}): Promise<{ run: string; done: ConnectRun }> {
    const { steps: seen } = await plan(body);
    const { run } = await ask<{ run: string }>('POST', 'connect/start', { ...body, seen });
    return { run, done: await over(run) };
  }
  const writes = () => misp.calls.writing;
  /** All but those that MISP makes for itself. */
  const settings = () =>
    JSON.stringify(
      misp.settings
        .names()
        .filter((name) => !name.startsWith('Plugin.Workflow_triggers_'))
        .map((name) => [name, misp.settings.get(name)]),
    );
  const graph = (of = 'event-publish') => graphOf(misp.workflowStore.byTrigger(of)?.data);

  it('shows the plan of a fresh MISP, and changes nothing until it was seen', async () => {
    await start();
    misp.calls.reset();
    const { steps, questions, hindrances } = await plan();
    assert.deepEqual([questions, hindrances], [[], []]);
    assert.match(
      steps.join('\n'),
      /Plugin\.Workflow_enable to true[\s\S]*reaches the listener[\s\S]*Create the workflow[\s\S]*Enable the module nodered_event_publish[\s\S]*Turn the trigger event-publish on$/,
    );
    assert.ok(!JSON.stringify(steps).includes('b%2Fc'), 'the password is in the plan');
    assert.match(steps.join('\n'), /http:\/\/\*\*\*@127\.0\.0\.1/);
    assert.deepEqual(writes(), []);
    const changed = await ask<{ changed?: true }>('POST', 'connect/start', { seen: steps.slice(1) });
    assert.equal(changed.changed, true);
    assert.deepEqual(writes(), []);
  });

  it('does it, a run of MISP obeys, and a second time there is nothing to do', async () => {
    await start();
    const { done } = await connect();
    assert.deepEqual(
      done.steps.filter(({ state }) => state === 'failed' || state === 'left'),
      [],
    );
    const { outcome } = await misp.publish('2');
    assert.equal(
      (await outcome)?.requests.some(({ path }) => path === '/query'),
      true,
    );
    assert.deepEqual((await plan()).steps, []);
    assert.deepEqual(await amiss(), ['yellow closed']);
  });

  it('takes all of it back', async () => {
    await start();
    const before = settings();
    const { run, done } = await connect();
    assert.equal(done.canUndo, true);
    const undo = await ask<{ run: string }>('POST', `connect/runs/${run}/undo`);
    const undone = await over(undo.run);
    assert.deepEqual(
      undone.steps.filter(({ state }) => state === 'failed' || state === 'left'),
      [],
    );
    assert.equal(settings(), before);
    assert.equal(misp.workflowStore.byTrigger('event-publish'), undefined);
    assert.equal((await misp.publish('2')).answer.status, 200);
  });

  it('goes on where it was interrupted', async () => {
    await start();
    misp.faults.settings = { fault: '500', every: 1, only: /workflows\/edit\// };
    const { done } = await connect();
    misp.faults.settings = {};
    assert.deepEqual(done.steps.filter(({ state }) => state === 'failed').length, 1);
    assert.equal(done.steps.at(-1)?.state, 'left', 'the trigger was turned on without a workflow');
    const { steps } = await plan();
    assert.ok(!steps.join('\n').includes('Create the workflow'));
    const second = await connect();
    assert.deepEqual(
      second.done.steps.filter(({ state }) => state === 'failed' || state === 'left'),
      [],
    );
    assert.deepEqual(await amiss(), ['yellow closed']);
  });

  it('leaves the workflows of others alone: it asks where, and keeps what is there', async () => {
    await start({ workflows: { 'event-publish': { module: 'theirs' } } });
    const { questions, steps } = await plan();
    assert.deepEqual(steps, []);
    const [question] = questions;
    assert.ok(question.ask === 'place' && question.blocks.some(({ module }) => module === 'theirs'));
    const place = question.places.find(({ to }) => to !== undefined) as Place;
    await connect({ place });
    const drawn = graph();
    assert.deepEqual(
      Object.values(drawn)
        .map(({ data }) => data.id)
        .sort(),
      ['event-publish', MODULE, 'theirs'].sort(),
    );
    assert.ok(placesIn(drawn).some(({ from, to }) => drawn[from].data.id === MODULE && to !== undefined));
  });

  it('never draws over what somebody changed meanwhile', async () => {
    await start({ workflows: { 'event-publish': { module: 'theirs' } } });
    const { questions } = await plan();
    const place = questions[0].ask === 'place' ? questions[0].places[0] : undefined;
    const { steps: seen } = await plan({ place });
    const workflow = misp.workflowStore.byTrigger('event-publish');
    assert.ok(workflow);
    misp.faults.settings = { latencyMs: 50 };
    const { run } = await ask<{ run: string }>('POST', 'connect/start', { place, seen });
    const theirs = graph();
    Object.values(theirs).forEach(({ data }) => Object.assign(data, { indexed_params: { theirs: 'new' } }));
    const done = await over(run);
    assert.match(done.steps.find(({ state }) => state === 'failed')?.problem ?? '', /changed the workflow/);
    assert.ok(!JSON.stringify(misp.workflowStore.byTrigger('event-publish')?.data).includes(MODULE));
  });

  it('asks before it takes the place of another service', async () => {
    await start({ actionService: { url: 'http://127.0.0.1', port: 1 } });
    const { questions, steps } = await plan();
    assert.deepEqual(steps, []);
    assert.deepEqual(questions, [{ ask: 'otherService', address: 'http://127.0.0.1:1' }]);
    assert.match((await plan({ otherService: 'replace' })).steps.join('\n'), /Action_services_port to/);
  });

  it('stops before a workflow relies on a listener that MISP does not reach', async () => {
    await start();
    const { done } = await connect({ host: 'no-such-host.invalid' });
    const failed = done.steps.findIndex(({ state }) => state === 'failed');
    assert.match(done.steps[failed].problem ?? '', /does not reach the listener/);
    assert.ok(done.steps.slice(failed + 1).every(({ state }) => state === 'left'));
    assert.equal(misp.workflowStore.byTrigger('event-publish'), undefined);
  });

  for (const [what, key] of [
    ['a key of an org admin', ORG_ADMIN_KEY],
    ['a key for reading only', READ_ONLY_KEY],
  ] as const) {
    it(`changes nothing with ${what}, and says why`, async () => {
      await start();
      misp.calls.reset();
      const { steps, hindrances } = await plan({ key });
      assert.deepEqual(steps, []);
      assert.equal(hindrances.length, 1);
      assert.deepEqual(writes(), []);
      assert.ok((await check({ key })).rows.some(({ id, level }) => id === 'account' && level === 'yellow'));
    });
  }

  it('says what is wrong with a MISP without the galaxy of countries', async () => {
    await start({ countryGalaxy: false });
    assert.match((await plan()).hindrances.join(), /Country/);
    assert.ok((await amiss()).includes('red pages'));
  });

  it('tells of a MISP without background jobs, and changes nothing there', async () => {
    await start();
    misp.settings.set('MISP.background_jobs', false);
    misp.settings.set('Plugin.Workflow_enable', true);
    misp.calls.reset();
    const { steps, hindrances } = await plan();
    assert.match(hindrances.join(), /^MISP\.background_jobs is off/);
    assert.deepEqual(steps, []);
    assert.ok((await amiss()).includes('red pages'));
    assert.deepEqual(writes(), []);
  });

  for (const [version, trigger, row] of [
    ['2.5.30', 'event-publish', 'red version'],
    ['2.5.50', 'event-publish', undefined],
    ['2.5.1', 'event-before-delete', 'red trigger'],
    ['2.5.50', 'post-after-save', 'red trigger'],
  ] as const) {
    it(`knows what holds in MISP ${version} for ${trigger}`, async () => {
      await start({ version }, { trigger, module: 'm' });
      const found = await amiss();
      if (row === undefined) assert.ok(!found.some((other) => other.endsWith(' version')));
      else assert.ok(found.includes(row), found.join());
    });
  }

  const BREAKS: [string, string, () => unknown][] = [
    ['the module is off', 'red module', () => misp.workflowStore.switchModule(MODULE, false)],
    ['the trigger is off', 'red trigger', () => misp.workflowStore.switchTrigger('event-publish', false)],
    ['workflows are off', 'red workflows', () => misp.settings.set('Plugin.Workflow_enable', false)],
    ['the service is off', 'red service', () => misp.settings.set('Plugin.Action_services_enable', false)],
    [
      'the password is not encoded',
      'red credentials',
      () => misp.settings.set('Plugin.Action_services_url', 'http://misp:wrong@127.0.0.1'),
    ],
    ['MISP waits too short', 'red timeout', () => misp.settings.set('Plugin.Action_timeout', 2)],
  ];
  for (const [what, row, spoil] of BREAKS) {
    it(`sees that ${what}, and mends it with a click`, async () => {
      await start();
      await connect();
      spoil();
      const found = await amiss();
      assert.ok(found.includes(row), found.join());
      const id = row.split(' ')[1];
      const seen = (await check()).rows.find((one) => one.id === id)?.mend;
      misp.calls.reset();
      await ask('POST', 'check/mend', { row: id, seen: ['something else'] });
      assert.deepEqual(misp.calls.writing, [], 'done without having been seen');
      const { rows } = await ask<{ rows: CheckedRow[] }>('POST', 'check/mend', { row: id, seen });
      assert.deepEqual(
        rows.filter(({ level }) => level === 'red'),
        [],
      );
    });
  }

  it('draws the workflow that fails closed where the trigger clears, and MISP obeys flow and silence', async () => {
    await start({ workflows: {} }, { clears: true, clearServer: 'misp' });
    const { steps } = await plan();
    assert.match(steps.join('\n'), /MISP stops unless the flow has cleared the event: 9 blocks/);
    await connect();
    assert.ok(isFailClosed(graph(), MODULE, 'node-red:cleared'));
    assert.deepEqual(await amiss(), []);
    assert.deepEqual((await plan()).steps, []);
    assert.equal((await misp.publish('2')).answer.status, 200);
    assert.equal(misp.event('2')?.published, true);
    // As if Node-RED were dead.
    misp.settings.set('Plugin.Action_services_port', await freePort());
    assert.equal((await misp.publish('1')).answer.status, 403);
    assert.equal(misp.event('1')?.published, false);
  });

  it('puts the guard around the module of a workflow that was drawn before', async () => {
    await start({ workflows: {} });
    await connect();
    await deployAgain({ clears: true, clearServer: 'misp' });
    assert.ok((await amiss()).includes('red closed'));
    await connect();
    assert.ok(isFailClosed(graph(), MODULE, 'node-red:cleared'));
  });

  it('says that a flow which clears nothing does not go with a workflow that waits for it', async () => {
    await start({ workflows: {} }, { clears: true, clearServer: 'misp' });
    await connect();
    await deployAgain({});
    assert.ok((await amiss()).includes('red closed'));
  });

  it('keeps keys and passwords out of all answers, and writes down who did what', async () => {
    await start();
    const answers = [await plan(), (await connect()).done, await check()].map((answer) =>
      JSON.stringify(answer),
    );
    for (const answer of answers) {
      assert.ok(!answer.includes(API_KEY));
      assert.ok(!answer.includes(PASSWORD) && !answer.includes(encodeURIComponent(PASSWORD)));
    }
  });

  it('brings what is saved to no MISP but a deployed one', async () => {
    await start();
    const other = await startStandInMisp({ port: 0 });
    const form = { id: 'misp', url: other.url, apiKey: API_KEY, verify: true, timeout: '5' };
    for (const route of ['connect/plan', 'connect/start', 'check', 'check/mend'])
      for (const server of ['', 'gone', 'listener']) {
        const { problem } = await ask<{ problem?: string }>('POST', route, { server, form, seen: [] });
        assert.match(problem ?? '', /not deployed/);
      }
    await ask('POST', 'connect/plan', { form });
    assert.deepEqual(other.calls.list, []);
    await other.close();
  });

  it('gives a MISP of several its own user and password, or says that it has none', async () => {
    await start();
    const second = { callers: '2', server1: 'other', server2: 'misp' };
    const logins = { user2: 'second', password2: 'its own' };
    await deployAgain({}, second, logins);
    await connect();
    assert.match(String(misp.settings.get('Plugin.Action_services_url')), /^http:\/\/second:its%20own@/);
    assert.deepEqual(await amiss(), ['yellow closed']);
    await deployAgain({}, { ...second, server2: '' }, logins);
    const { problem } = (await plan()) as { problem?: string };
    assert.match(problem ?? '', /no user and password of its own/);
  });

  it('takes no host that leads elsewhere', async () => {
    await start();
    for (const host of ['', 'a b', 'x/../y', 'user@evil', 'http://x', 'x:1', '-x']) {
      const answer = await ask<{ problem?: string }>('POST', 'connect/plan', { host });
      assert.match(answer.problem ?? '', /Name this machine/, host);
    }
  });
});
