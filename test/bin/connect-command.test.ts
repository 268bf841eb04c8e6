import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { API_KEY, READER_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { NEWEST } from '../../sandbox/misp/version';
import { graphOf } from '../../src/actions/misp-graph';
import { paramsIn } from '../../src/misp/ad-hoc';
import { root } from '../support/node-red';

const PASSWORD = 'a secret/word';
const modules = [
  {
    name: 'nodered_event_publish',
    type: 'action',
    meta: { 'module-type': ['action'], config: { blocking: true } },
  },
];

describe('connect, check and undo from the command line', function () {
  this.timeout(60_000);
  let folder: string;
  let misp: StandInMisp;
  let service: http.Server;
  let port: number;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'misp-connect-'));
    writeFileSync(path.join(folder, 'key'), `${API_KEY}\n`);
    writeFileSync(path.join(folder, 'password'), `${PASSWORD}\n`);
    service = http.createServer((_request, response) => response.end(JSON.stringify(modules)));
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    ({ port } = service.address() as AddressInfo);
  });
  beforeEach(async () => {
    misp = await startStandInMisp({ port: 0 });
  });
  afterEach(() => misp.close());
  after(() => {
    service.close();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string) => path.join(folder, name);
  function run(
    command: string,
    ...more: string[]
  ): Promise<{ status: number | null; out: string; err: string }> {
    const mispArgs = ['--url', misp.url, '--key-file', file('key')];
    const wish = ['--trigger', 'event-publish', '--listener', `http://misp@127.0.0.1:${port}`];
    const args = [
      command,
      ...mispArgs,
      ...(command === 'undo' ? [] : wish),
      '--password-file',
      file('password'),
      ...more,
    ];
    const child = spawn(process.execPath, [path.join(root, 'dist/bin/node-red-misp.js'), ...args]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })));
  }

  it('shows the plan of what fails closed, and with --dry-run changes nothing', async () => {
    misp.calls.reset();
    const { status, out } = await run('connect', '--dry-run');
    assert.equal(status, 0);
    assert.match(out, /1\. Set Plugin\.Workflow_enable[\s\S]*node-red:cleared[\s\S]*9 blocks/);
    assert.ok(!out.includes(PASSWORD) && !out.includes(encodeURIComponent(PASSWORD)));
    assert.deepEqual(misp.calls.writing, []);
  });

  it('connects, finds nothing wrong, and takes it back', async () => {
    assert.equal((await run('check')).status, 4);
    const { status, err } = await run('connect', '--undo-file', file('undo'));
    assert.equal(status, 0, err);
    assert.equal(statSync(file('undo')).mode & 0o077, 0);
    const { status: well, out } = await run('check');
    assert.equal(well, 0, out);
    assert.match(out, /green .*fails closed/);
    assert.match((await run('connect')).out, /nothing to do/);
    assert.equal((await run('undo', '--undo-file', file('undo'))).status, 0);
    assert.equal(misp.settings.get('Plugin.Action_services_enable'), false);
    assert.equal(misp.workflowStore.byTrigger('event-publish'), undefined);
    assert.ok(!readFileSync(file('undo'), 'utf8').includes(API_KEY));
  });

  describe('an ad hoc workflow', () => {
    const adHoc = (...more: string[]) => [
      ...['--trigger', 'ad-hoc', '--module', 'nodered_event_publish', '--workflow', 'Review'],
      ...more,
    ];
    const made = () => misp.workflowStore.rows.find(({ name }) => name === 'Review');
    beforeEach(() => {
      misp.version = NEWEST;
    });

    it('is made with the name, the scope and the filters of the flags, found again, and taken back', async () => {
      const filters = '{"tags": ["tlp:red"]}';
      const flags = adHoc('--scope', 'events', '--filters', filters, '--fails-open');
      const { status, err } = await run('connect', '--undo-file', file('undo'), ...flags);
      assert.equal(status, 0, err);
      assert.match(err, /of several events it tells the outcome of the last one only/);
      assert.deepEqual(paramsIn(graphOf(made()?.data)), { scope: 'events', filters });
      assert.match((await run('connect', ...flags)).out, /nothing to do/);
      assert.equal((await run('undo', '--undo-file', file('undo'))).status, 0);
      assert.equal(made(), undefined);
    });

    it('gets events by their ids, and fails closed, unless it is told otherwise', async () => {
      const { status, err } = await run('connect', ...adHoc());
      assert.equal(status, 0, err);
      const graph = graphOf(made()?.data);
      assert.deepEqual(paramsIn(graph), { scope: 'passed_event_ids', filters: '{}' });
      assert.ok(Object.values(graph).some(({ data }) => data.id === 'stop-execution'));
    });

    it('is warned of what runs on all events, and not made with a scope or filters that MISP cannot use', async () => {
      misp.calls.reset();
      const { err: warned } = await run('connect', '--dry-run', ...adHoc('--scope', 'events'));
      assert.match(warned, /Review is on all events of MISP: its search names nothing/);
      const wrong = await run('connect', ...adHoc('--scope', 'attributes'));
      assert.equal(wrong.status, 2);
      assert.match(wrong.err, /passed_event_ids, passed_roaming_data, events/);
      for (const filters of ['no JSON', '[]']) {
        const { status, err } = await run('connect', ...adHoc('--scope', 'events', '--filters', filters));
        assert.notEqual(status, 0, filters);
        assert.match(err, /filter|search/i);
      }
      assert.deepEqual(misp.calls.writing, []);
      assert.equal(made(), undefined);
    });
  });

  it('asks where in a workflow that has blocks', async () => {
    await misp.close();
    misp = await startStandInMisp({ port: 0, workflows: { 'event-publish': { module: 'theirs' } } });
    misp.settings.set('Plugin.Workflow_enable', true);
    const { status, err } = await run('connect');
    assert.equal(status, 3);
    const [, place] = /--place (\S+) .*theirs/.exec(err) ?? [];
    assert.equal((await run('connect', '--place', place)).status, 0);
  });

  it('ends with 1 without permission, with 2 for a wrong call', async () => {
    writeFileSync(file('reader'), READER_KEY);
    const { status, err } = await run('connect', '--key-file', file('reader'));
    assert.equal(status, 1);
    assert.match(err, /site admin/);
    assert.equal((await run('connect', '--listener', 'nowhere')).status, 2);
    assert.equal((await run('connect', '--trigger', 'no-such')).status, 2);
    assert.equal((await run('connect', '--key-file', file('missing'))).status, 2);
  });
});

describe("connect and check of MISP's other services from the command line", function () {
  this.timeout(60_000);
  let folder: string;
  let misp: StandInMisp;
  let service: http.Server;
  let port: number;
  const list = [
    { name: 'my_lookup', mispattributes: { input: ['ip-dst'] }, meta: { 'module-type': ['expansion'] } },
  ];

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'misp-services-'));
    writeFileSync(path.join(folder, 'key'), `${API_KEY}\n`);
    writeFileSync(path.join(folder, 'password'), `${PASSWORD}\n`);
    service = http.createServer((_request, response) => response.end(JSON.stringify(list)));
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    ({ port } = service.address() as AddressInfo);
    misp = await startStandInMisp({ port: 0 });
  });
  after(async () => {
    await misp.close();
    service.close();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string) => path.join(folder, name);
  function run(
    command: string,
    ...more: string[]
  ): Promise<{ status: number | null; out: string; err: string }> {
    const args = [command, '--url', misp.url, '--key-file', file('key'), ...more];
    const child = spawn(process.execPath, [path.join(root, 'dist/bin/node-red-misp.js'), ...args]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })));
  }
  const wish = (services = 'enrichment,debug', enable = 'enrichment:my_lookup') => [
    ...['--services', services, '--enable', enable, '--listener', `http://misp@127.0.0.1:${port}`],
    ...['--password-file', file('password')],
  ];

  it('connects, finds nothing wrong, asks about what is there, and takes it back', async () => {
    assert.equal((await run('check', ...wish())).status, 4);
    misp.calls.reset();
    const dry = await run('connect', ...wish(), '--dry-run');
    assert.equal(dry.status, 0, dry.err);
    assert.ok(!dry.out.includes(encodeURIComponent(PASSWORD)));
    assert.deepEqual(misp.calls.writing, []);
    const { status, err } = await run('connect', ...wish(), '--undo-file', file('undo'));
    assert.equal(status, 0, err);
    const well = await run('check', ...wish());
    assert.equal(well.status, 0, well.out);
    assert.match(well.out, /green .*my_lookup is enabled/);
    assert.match((await run('connect', ...wish())).out, /nothing to do/);
    assert.equal((await run('undo', '--undo-file', file('undo'))).status, 0);
    assert.equal(misp.settings.get('Plugin.Enrichment_services_enable'), false);
    misp.settings.set('Plugin.Import_services_enable', true);
    const other = await run('connect', ...wish('import', ''));
    assert.equal(other.status, 3);
    assert.match(other.err, /--other-service leave/);
    assert.equal((await run('connect', ...wish('import', ''), '--other-service', 'leave')).status, 0);
  });

  it('draws the workflow in which a module decides, checks it, and takes it back', async () => {
    const gate = (...more: string[]) => [
      ...['--graph', 'G', '--trigger', 'event-before-save', '--module', 'my_lookup'],
      ...['--listener', `http://misp@127.0.0.1:${port}`, '--password-file', file('password'), ...more],
    ];
    misp.settings.set('Plugin.Import_services_enable', false);
    const dry = await run('connect', ...gate('--dry-run'));
    assert.match(dry.out, /MISP stops unless/);
    assert.match(dry.err, /one question per attribute/);
    const { status, err } = await run('connect', ...gate('--undo-file', file('undo-gate')));
    assert.equal(status, 0, err);
    const well = await run('check', ...gate());
    assert.equal(well.status, 0, well.out);
    assert.match(well.out, /green .*only if the module my_lookup has answered "cleared"/);
    assert.equal((await run('check', ...gate('--word', 'other'))).status, 4);
    assert.equal((await run('undo', '--undo-file', file('undo-gate'))).status, 0);
    assert.equal(misp.workflowStore.byTrigger('event-before-save'), undefined);
    for (const wrong of [
      ['--graph', 'H'],
      ['--module', 'A b'],
      ['--trigger', 'user-before-save'],
      ['--word', ' '],
    ])
      assert.equal((await run('connect', ...gate(...wrong))).status, 2, wrong.join(' '));
  });

  it('ends with 2 for a wrong call', async () => {
    assert.equal((await run('connect', ...wish('action'))).status, 2);
    assert.equal((await run('connect', ...wish('debug', 'debug:x'))).status, 2);
    assert.equal((await run('connect', ...wish('import', 'import:A b'))).status, 2);
    assert.equal((await run('connect', ...wish(), '--other-service', 'x')).status, 2);
  });
});
