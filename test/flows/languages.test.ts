import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allow, block, credentials, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, root, startNodeRed } from '../support/node-red';

/** What a folder `locales/nl` would have for this flow: a few texts, and none of the rest. */
const MESSAGES = {
  'run.blocked': 'Door een stroom tegengehouden',
  'service.unknownModule': 'Geen knoop kent de module __module__',
  'delay.beyondDeadline': '__delay__ seconden is langer dan MISP wacht',
};
const NODES = {
  'actions/misp-response': { status: { blocked: 'tegengehouden: __reason__' } },
  'logic/misp-delay': { status: { error: 'Fout: __problem__' } },
};

/** A second copy of the package cannot be loaded into the process of the other tests: this file runs again in its own. */
const OWN = 'MISP_OTHER_LANGUAGE';

describe('another language, in a process of its own', function () {
  this.timeout(180000);
  if (process.env[OWN]) return;

  it('is spoken', () => {
    const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
    const options = ['--no-config', '--require', 'tsx/cjs', '--exit'];
    const env = { ...process.env, [OWN]: 'yes' };
    const { status, stdout } = spawnSync(process.execPath, [mocha, ...options, __filename], {
      cwd: root,
      env,
    });
    assert.equal(status, 0, String(stdout));
  });
});

(process.env[OWN] ? describe : describe.skip)('another language', function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let userDir = '';
  let port = 0;

  before(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-flows-nl-'));
    const own = path.join(userDir, 'node_modules/@misp-flows/node-red-misp');
    mkdirSync(own, { recursive: true });
    for (const part of ['dist', 'resources', 'package.json'])
      cpSync(path.join(root, part), path.join(own, part), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(own, 'node_modules'));
    const write = (file: string, texts: object) => {
      const target = path.join(own, 'dist', file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, JSON.stringify(texts));
    };
    write('locales/nl/messages.json', { messages: MESSAGES });
    write('nodes/plugin/locales/nl/misp-editor.json', { 'misp-editor': { language: 'nl' } });
    for (const [file, texts] of Object.entries(NODES)) {
      const [family, type] = file.split('/');
      write(`nodes/${family}/locales/nl/${type}.json`, { [type]: texts });
    }
    nodeRed = await startNodeRed({ userDir, settings: { lang: 'nl' } });
    port = await freePort();
  });
  after(async () => {
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const statuses: string[] = [];
  const start = async (nodes: Parameters<typeof deploy>[1], first: string[]) => {
    statuses.length = 0;
    await deploy(nodeRed.RED, [tab, listener(port), trigger(first), ...nodes], credentials);
    await listening(port);
  };

  before(() => {
    nodeRed.RED.events.on('node-status', ({ status }: { status: { text?: string } }) => {
      if (status.text) statuses.push(status.text);
    });
  });

  it('is what MISP is answered, by the flow and by the thread of the listener', async () => {
    await start([block('first', '')], ['first']);
    assert.deepEqual((await query(port, 'test_module', event([]))).json, { error: MESSAGES['run.blocked'] });
    const unknown = await query(port, 'no_such_module', event([]));
    assert.deepEqual(unknown.json, { error: 'Geen knoop kent de module no_such_module' });
    await until(() => statuses.includes(`tegengehouden: ${MESSAGES['run.blocked']}`));
  });

  it('is what an error says: in the log, in the status, and to MISP', async () => {
    const log = collectLog(nodeRed.RED);
    await start([node('first', 'misp-delay', [['end']], { delay: '60' }), allow('end')], ['first']);
    const { json } = await query(port, 'test_module', event([]));
    const said = '60 seconden is langer dan MISP wacht';
    assert.deepEqual(json, { error: `misp-delay: ${said}` });
    await until(() => log.text().includes(said));
    log.stop();
    await until(() => statuses.includes(`Fout: ${said}`));
  });

  it('is English where it lacks a text', async () => {
    const log = collectLog(nodeRed.RED);
    const blocklist = node('first', 'misp-blocklist', [['end']], { event_uuid: 'Event.uuid', server: '' });
    await start([blocklist, allow('end')], ['first']);
    await until(() => /The node has no working MISP/.test(log.text()));
    log.stop();
    await until(() => statuses.some((text) => text.startsWith('not set up: The node has no working MISP')));
  });
});
