import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../support/node-red';

const pkg = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  bin: Record<string, string>;
};
const command = path.join(root, pkg.bin['node-red-misp'] ?? '');
const blueprints = path.join(root, 'test/fixtures/blueprints');
const official = readdirSync(blueprints).filter((file) => file.endsWith('.json'));

describe('the command line', function () {
  this.timeout(60_000);
  let folder = '';
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'misp-command-'))));
  after(() => rmSync(folder, { recursive: true }));
  const run = (args: string[], input?: string) =>
    spawnSync(process.execPath, [command, ...args], { encoding: 'utf8', input });
  const file = (name: string, content: string) => {
    const target = path.join(folder, name);
    writeFileSync(target, content);
    return target;
  };

  it('is a program of its own', () => {
    assert.match(readFileSync(command, 'utf8'), /^#!\/usr\/bin\/env node/);
  });

  it('imports a blueprint, and exports it again', () => {
    const source = path.join(blueprints, official[0] ?? '');
    const flow = path.join(folder, 'flow.json');
    assert.equal(run(['import', source, '-o', flow]).status, 0);
    const { status, stdout } = run(['export', '-'], readFileSync(flow, 'utf8'));
    assert.equal(status, 0);
    const blocks = (text: string) =>
      (JSON.parse(text) as { WorkflowBlueprint: { data: { data: { indexed_params: object } }[] } })
        .WorkflowBlueprint.data;
    assert.deepEqual(
      blocks(stdout).map(({ data }) => data.indexed_params),
      blocks(readFileSync(source, 'utf8')).map(({ data }) => data.indexed_params),
    );
  });

  it('says on standard error what is to be known, and with --strict by its status', () => {
    const source = file('custom.json', '[{"id":1,"data":{"id":"my-own-module"},"outputs":{}}]');
    const { status, stdout, stderr } = run(['import', source]);
    assert.equal(status, 0);
    assert.doesNotThrow(() => void JSON.parse(stdout));
    assert.match(stderr, /^warning: No node stands for the module my-own-module/m);
    assert.equal(run(['import', source, '--strict']).status, 3);
  });

  it('speaks the language of the shell, and English where it has no texts in it', () => {
    const usage = (env: object) => {
      const chosen = { LC_ALL: '', LC_MESSAGES: '', LANG: '', ...env };
      const options = { encoding: 'utf8', env: { ...process.env, ...chosen } } as const;
      return spawnSync(process.execPath, [command, '--help'], options).stdout;
    };
    const usageIn = (language: string) => {
      const file = path.join(root, 'locales', language, 'messages.json');
      const { messages } = JSON.parse(readFileSync(file, 'utf8')) as { messages: Record<string, string> };
      return `${messages['command.usage']}\n`;
    };
    assert.equal(usage({ LANG: 'de_AT.UTF-8' }), usageIn('de'));
    assert.equal(usage({ LANG: 'de_DE.UTF-8', LC_ALL: '', LC_MESSAGES: 'ja_JP.eucJP' }), usageIn('ja'));
    for (const tag of ['C', 'POSIX', 'xx_XX', '../../../etc', '__proto__'])
      assert.equal(usage({ LC_ALL: tag, LANG: 'de_DE' }), usageIn('en-US'), tag);
  });

  it('refuses what it cannot take, and writes nothing', () => {
    const target = path.join(folder, 'nothing.json');
    for (const content of ['', '{"a":', '{"__proto__":{}}', '[1]']) {
      for (const name of ['import', 'export']) {
        const { status, stdout, stderr } = run([name, file('bad.json', content), '-o', target]);
        assert.equal(status, 1, `${name} ${content}`);
        assert.equal(stdout, '');
        assert.match(stderr, /^[^\n]+\n$/);
        assert.doesNotMatch(stderr, / at .*:\d+:\d+/);
      }
    }
    assert.equal(existsSync(target), false);
    assert.equal(run(['import', path.join(folder, 'missing.json')]).status, 1);
  });

  it('explains a call that it does not understand', () => {
    for (const args of [
      [],
      ['improt', 'x'],
      ['import'],
      ['import', 'a', 'b'],
      ['import', 'a', '--unknown'],
    ]) {
      const { status, stderr } = run(args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, /usage: node-red-misp import FILE/);
    }
    assert.equal(run(['--help']).status, 0);
  });

  it('lets no name of a file control the terminal', () => {
    const source = file(
      'terminal.json',
      JSON.stringify([{ id: 1, data: { id: 'x\u001b[2J\nerror: all is lost' }, outputs: {} }]),
    );
    const { stderr } = run(['import', source]);
    assert.equal(stderr.includes('\u001b'), false);
    assert.doesNotMatch(stderr, /^error: all is lost/m);
  });

  it('imports and exports each official blueprint without a word that counts', () => {
    for (const name of official) {
      const imported = run(['import', path.join(blueprints, name)]);
      assert.equal(imported.status, 0, name);
      const { status, stdout } = run(['export', '-'], imported.stdout);
      assert.equal(status, 0, name);
      assert.doesNotThrow(() => void JSON.parse(stdout), name);
    }
  });

  it('refuses 5,000 blocks, and more than 16 MB, in words', () => {
    const block = (id: number) => ({ id, data: { id: 'tag-if', module_type: 'logic' }, outputs: {} });
    const blocks = JSON.stringify(Array.from({ length: 5000 }, (_, id) => block(id + 1)));
    const many = run(['import', file('many.json', blocks)]);
    assert.equal(many.status, 1);
    assert.match(many.stderr, /^It has 5000 blocks; at most 2000 are taken\n$/);
    const large = run(['import', file('large.json', ' '.repeat(16_000_001))]);
    assert.equal(large.status, 1);
    assert.match(large.stderr, /more than 16 MB/);
    const nodes = Array.from({ length: 5000 }, (_, id) => ({
      id: String(id),
      type: 'misp-if-tag',
      wires: [],
    }));
    const back = run(['export', file('flow.json', JSON.stringify(nodes))]);
    assert.equal(back.status, 1);
    assert.match(back.stderr, /at most 2000/);
  });

  it('says what MISP would refuse, and with --strict by its status', () => {
    const node = (id: string, wires: string[][], more = {}) => ({ id, type: 'misp-trigger', wires, ...more });
    const flow = [
      node('a', [[]], { trigger: 'event-publish' }),
      node('b', [[]], { trigger: 'event-after-save' }),
    ];
    const source = file('two.json', JSON.stringify(flow));
    const { status, stderr } = run(['export', source, '--name', 'x']);
    assert.equal(status, 0);
    assert.match(stderr, /^error: MISP allows one trigger, and there are several: 1, 2$/m);
    assert.equal(run(['export', source, '--name', 'x', '--strict']).status, 3);
  });

  it('takes what Node-RED saves and what its API answers, and writes a workflow if it is told to', () => {
    const trigger = { id: 'a', type: 'misp-trigger', trigger: 'event-publish', wires: [[]] };
    for (const flow of [
      [trigger],
      { flows: [trigger], rev: 'x' },
      { id: 't', label: 'x', nodes: [trigger] },
    ]) {
      const { status, stdout } = run(['export', '-', '--workflow', '--name', 'mine'], JSON.stringify(flow));
      assert.equal(status, 0);
      const { Workflow } = JSON.parse(stdout) as { Workflow: { name: string; trigger_id: string } };
      assert.deepEqual([Workflow.name, Workflow.trigger_id], ['mine', 'event-publish']);
    }
  });

  it('fails in words where it cannot read or write', () => {
    const source = path.join(blueprints, official[0] ?? '');
    for (const args of [
      ['import', folder],
      ['import', source, '-o', path.join(folder, 'no/such/folder.json')],
      ['import', source, '-o', folder],
    ]) {
      const { status, stderr } = run(args);
      assert.equal(status, 1, args.join(' '));
      assert.match(stderr, /^[^\n]+\n$/);
    }
  });
});
