import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { graphOf, isSameGraph, placesIn } from '../../src/actions/misp-graph';
import type { BackPreview, ConnectPreview, ConnectRun } from '../../nodes/plugin/api';
import { idOf } from '../support/flows';
import { Connected } from '../support/connected';

const TOKEN = 'xoxb-of-their-block';
const CLEARS = { clears: true, clearServer: 'misp', clearTag: 'node-red:cleared' };

describe('what Connect did, taken back when Node-RED was started anew', function () {
  this.timeout(60_000);
  let userDir: string;
  let on: Connected;

  before(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-back-'));
    on = await Connected.start({ userDir });
  });
  afterEach(() => on.misp.close());
  after(async () => {
    await on.nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  async function restart(): Promise<void> {
    const { misp, address } = on;
    await on.nodeRed.stop();
    on = await Connected.start({ userDir });
    Object.assign(on, { misp, address });
  }
  const file = () => path.join(userDir, 'misp-workflows', 'connected.json');
  /** Of this test's MISP. */
  const kept = async (node = idOf('trigger')) => {
    const { kept: all } = await on.ask<{ kept: { url: string }[] }>('GET', `connect/kept?node=${node}`);
    return all.filter(({ url }) => url === on.misp.url);
  };
  const graph = () => graphOf(on.misp.workflowStore.byTrigger('event-publish')?.data);
  const settings = () =>
    Object.fromEntries(
      on.misp.settings
        .names()
        .filter((name) => !name.startsWith('Plugin.Workflow_triggers_'))
        .map((name) => [name, on.misp.settings.get(name)]),
    );
  async function takeBack(): Promise<{ seen: BackPreview; done: ConnectRun }> {
    const seen = await on.ask<BackPreview>('POST', 'connect/back');
    const { run } = await on.ask<{ run: string }>('POST', 'connect/back/start', { seen });
    return { seen, done: await on.over<ConnectRun>(`connect/runs/${run}`) };
  }

  it('a fresh MISP is as it was; nothing is written before that was seen', async () => {
    await on.meet(CLEARS);
    const before = settings();
    await on.connect();
    await restart();
    assert.deepEqual(
      (await kept()).map(({ url }) => url),
      [on.misp.url],
    );
    assert.deepEqual(await kept('another'), []);
    on.misp.calls.reset();
    const seen = await on.ask<BackPreview>('POST', 'connect/back');
    const other = await on.ask<{ changed?: true }>('POST', 'connect/back/start', {
      seen: { ...seen, steps: seen.steps.slice(1) },
    });
    assert.equal(other.changed, true);
    assert.deepEqual(on.misp.calls.writing, []);
    assert.deepEqual(seen.notes, []);
    const { done } = await takeBack();
    assert.ok(
      done.steps.every(({ state }) => state === 'done' || state === 'unchanged'),
      JSON.stringify(done),
    );
    assert.deepEqual(settings(), before);
    assert.equal(on.misp.workflowStore.byTrigger('event-publish'), undefined);
    assert.ok(!on.misp.workflowStore.isTriggerOn('event-publish'));
    assert.deepEqual(await kept(), []);
    assert.deepEqual((await on.ask<BackPreview>('POST', 'connect/back')).steps, []);
  });

  it("somebody else's workflow and service come back, and no secret was kept", async () => {
    await on.meet(CLEARS, { workflows: { 'event-publish': { module: 'theirs' } } });
    const row = on.misp.workflowStore.byTrigger('event-publish')!;
    const [, their] = Object.values(row.data) as unknown as { data: Record<string, unknown> }[];
    their.data.indexed_params = { token: TOKEN };
    on.misp.settings.set('Plugin.Action_services_enable', true);
    on.misp.settings.set('Plugin.Action_services_url', 'http://other:their-password@misp-modules.example');
    const before = settings();
    const drawn = graph();
    const [place] = placesIn(drawn);
    await on.connect({ otherService: 'replace', place });
    assert.ok(!isSameGraph(graph(), drawn));
    const lines = readFileSync(file(), 'utf8');
    assert.equal(statSync(file()).mode & 0o077, 0);
    for (const secret of [TOKEN, 'their-password', 'secret', 'misp:']) assert.ok(!lines.includes(secret));
    await restart();
    const { seen } = await takeBack();
    assert.match(seen.notes.join('\n'), /Action_services_url had a user and a password/);
    assert.ok(isSameGraph(graph(), drawn));
    assert.ok(JSON.stringify(graph()).includes(TOKEN));
    const url = 'Plugin.Action_services_url';
    assert.deepEqual(settings(), { ...before, [url]: 'http://misp-modules.example' });
  });

  it('a login that was replaced stays, since the one before is not known', async () => {
    await on.meet(CLEARS);
    const url = 'Plugin.Action_services_url';
    on.misp.settings.set(url, 'http://misp:former-password@127.0.0.1');
    on.misp.settings.set('Plugin.Action_services_port', on.port);
    await on.connect();
    assert.ok(!readFileSync(file(), 'utf8').includes('former-password'));
    const { seen } = await takeBack();
    assert.match(seen.notes.join('\n'), /Only the user and the password/);
    assert.equal(on.misp.settings.get(url), 'http://misp:secret@127.0.0.1');
    assert.deepEqual(await kept(), []);
  });

  it('what somebody has changed meanwhile is left alone, and told', async () => {
    await on.meet(CLEARS);
    await on.connect();
    on.misp.settings.set('Plugin.Action_services_url', 'http://new.example');
    const row = on.misp.workflowStore.byTrigger('event-publish')!;
    const [block] = Object.values(row.data) as unknown as { outputs: object }[];
    block.outputs = {};
    const { seen } = await takeBack();
    assert.match(seen.notes.join('\n'), /workflow of event-publish was changed[\s\S]*url was changed/);
    assert.equal(on.misp.settings.get('Plugin.Action_services_url'), 'http://new.example');
    assert.ok(on.misp.workflowStore.byTrigger('event-publish'));
  });

  it('one that stopped in the middle is taken back as far as it was done, and tried again if that fails', async () => {
    await on.meet(CLEARS);
    const before = settings();
    on.misp.faults.settings = { fault: '500', every: 1, only: /workflows\/toggleModule/ };
    const { steps: seen } = await on.ask<ConnectPreview>('POST', 'connect/plan');
    const { run } = await on.ask<{ run: string }>('POST', 'connect/start', { seen });
    const { steps } = await on.over<ConnectRun>(`connect/runs/${run}`);
    assert.ok(steps.some(({ state }) => state === 'failed'));
    on.misp.faults.settings = { fault: '500', every: 1, only: /serverSettingsEdit/ };
    const first = await takeBack();
    assert.ok(first.done.steps.some(({ state }) => state === 'failed'));
    assert.equal((await kept()).length, 1);
    on.misp.faults.settings = {};
    await takeBack();
    assert.deepEqual(settings(), before);
    assert.deepEqual(await kept(), []);
  });

  it('the undo of the same session leaves nothing to take back later, and an undo of that does', async () => {
    await on.meet(CLEARS);
    const run = await on.connect();
    const undone = await on.ask<{ run: string }>('POST', `connect/runs/${run}/undo`);
    await on.over(`connect/runs/${undone.run}`);
    assert.deepEqual(await kept(), []);
    const redone = await on.ask<{ run: string }>('POST', `connect/runs/${undone.run}/undo`);
    await on.over(`connect/runs/${redone.run}`);
    assert.equal((await kept()).length, 1);
  });
});
