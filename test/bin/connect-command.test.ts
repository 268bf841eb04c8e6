import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { API_KEY, READER_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
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
