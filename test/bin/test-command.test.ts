import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeTest, type WorkflowTest } from '../../src/replay/test-file';
import { startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { allow, block, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event } from '../support/misp';
import { root, type FlowNode } from '../support/node-red';

const command = path.join(root, 'dist/bin/node-red-misp.js');
const leftBehind = () => readdirSync(tmpdir()).filter((name) => name.startsWith('node-red-misp-test-'));

describe('the command that tests flows', function () {
  this.timeout(120_000);
  let folder = '';
  let misp: StandInMisp;
  let left: string[] = [];
  before(async () => {
    left = leftBehind();
    folder = mkdtempSync(path.join(tmpdir(), 'misp-command-'));
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await misp.close();
  });
  afterEach(() => assert.deepEqual(leftBehind(), left, 'it leaves nothing behind'));

  const nodeRed = process.env.NODE_RED_PATH ? ['--node-red', process.env.NODE_RED_PATH] : [];
  const run = (args: string[], cwd = root) =>
    new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [command, 'test', ...args], { cwd }, (error, stdout, stderr) => {
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
      });
    });
  const file = (name: string, content: unknown) => {
    const target = path.join(folder, name);
    writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content));
    return target;
  };
  const flows = (...nodes: FlowNode[]) => {
    const server = { id: 'misp', type: 'misp-server', url: misp.url };
    return file('flows.json', [tab, listener(6667), server, ...nodes]);
  };
  const test = (more: Partial<WorkflowTest> = {}, tags = ['tlp:red']) => ({
    name: 'Red stays',
    trigger: { node: idOf('trigger'), module: 'test_module', event: 'event-publish' },
    input: { data: event(tags), params: {} },
    expected: { outcome: 'block' as const },
    ...more,
  });
  const saved = (name: string, ...given: Parameters<typeof test>) => file(name, writeTest(test(...given)));
  const decides = [trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['tag']), block(), allow()];
  const tags = node('tag', 'misp-tag', [['go']], {
    ...{ server: 'misp', scope: 'event', tags: ['tlp:amber'], version: 1 },
  });
  const decided = { node: idOf('if'), what: 'decided' as const, is: 'then' };

  it('passes what goes as expected, as dry run, without the secrets of the flow', async () => {
    const red = saved('red.json', {
      expected: { outcome: 'block', nodes: [decided, { node: idOf('stop'), what: 'passed', is: '' }] },
    });
    const green = saved('green.json', { name: 'Green goes', expected: { outcome: 'allow' } }, ['tlp:green']);
    const calls = misp.calls.writing.length;
    const { status, stdout, stderr } = await run([
      red,
      green,
      '--flows',
      flows(...decides, tags),
      ...nodeRed,
    ]);
    assert.deepEqual(
      [stdout, stderr, status],
      ['TAP version 14\n1..2\nok 1 - Red stays\nok 2 - Green goes\n', '', 0],
    );
    assert.equal(misp.calls.writing.length, calls);
  });

  it('says node by node what went otherwise, with a status of its own', async () => {
    const now = [trigger(['if']), ifTag('if', 'tlp:amber', ['stop'], ['tag']), block(), allow(), tags];
    const expected = { outcome: 'block' as const, nodes: [decided] };
    const gone = { trigger: { node: 'gone', module: 'gone_module', event: 'event-publish' } };
    const args = [
      saved('red.json', { expected }),
      saved('gone.json', gone),
      '--flows',
      flows(...now),
      ...nodeRed,
    ];
    const { status, stdout } = await run(args);
    assert.equal(status, 4);
    assert.match(stdout, /^not ok 1 - Red stays$/m);
    assert.match(stdout, /^# misp-if-tag: else \(expected: then\)$/m);
    assert.match(stdout, /^# misp-tag: .*tlp:amber.* \(expected: nothing\)$/m);
    assert.match(stdout, /^# the answer: allow \(expected: block\)$/m);
    assert.match(stdout, /^not ok 2 - Red stays\n# The flow has no trigger gone_module$/m);
  });

  it('cannot be told by a title that a failure is to be passed over', async () => {
    const name = 'x # SKIP \u001b[2K\nok 1 - fine # TODO';
    const wrong = saved('wrong.json', { name, expected: { outcome: 'allow' } });
    const { status, stdout } = await run([wrong, '--flows', flows(...decides, tags), ...nodeRed]);
    assert.equal(status, 4);
    assert.match(stdout, /^not ok 1 - x \\# SKIP {2}\[2K ok 1 - fine \\# TODO$/m);
    assert.doesNotMatch(stdout, /^ok/m);
  });

  describe('with nodes that know nothing of tests', () => {
    let asked: string[] = [];
    const other = http.createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    let url = '';
    before(async () => {
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    });
    after(() => other.close());
    beforeEach(() => (asked = []));
    const post = (name: string, wires: string[][]) =>
      node(name, 'http request', wires, { method: 'POST', url: `${url}/${name}`, ret: 'txt' });

    it('runs none of those that act, unless that is allowed', async () => {
      const flow = flows(trigger(['behind']), post('behind', [['stop']]), block());
      const args = [saved('red.json'), '--flows', flow, ...nodeRed];
      const { status, stdout, stderr } = await run(args);
      assert.deepEqual([status, stdout, asked], [1, '', []]);
      assert.match(stderr, /^These nodes know nothing of tests .*: http request\./);
      assert.equal((await run([...args, '--allow-acting'])).status, 0);
      assert.deepEqual(asked, ['/behind']);
    });

    it('starts nothing that begins by itself', async () => {
      const clock = node('clock', 'inject', [['alone']], {
        once: true,
        onceDelay: 0.1,
        repeat: '',
        props: [],
      });
      const flow = flows(...decides, tags, clock, post('alone', [[]]));
      assert.equal((await run([saved('red.json'), '--flows', flow, ...nodeRed])).status, 0);
      assert.deepEqual(asked, []);
    });
  });

  it('takes a flow that ends Node-RED, or never ends, for none that passes', async () => {
    const doing = (func: string) =>
      flows(trigger(['code']), node('code', 'function', [['stop']], { func, outputs: 1 }), block());
    const ending = await run([saved('red.json'), '--flows', doing('throw null;'), ...nodeRed]);
    assert.deepEqual([ending.status, ending.stderr.split('\n').at(-2)], [1, 'Node-RED ended']);
    const args = [saved('red.json'), '--timeout', '2', '--flows', doing('for (;;);'), ...nodeRed];
    const endless = await run(args);
    assert.equal(endless.status, 4);
    assert.match(endless.stdout, /^not ok 1 - Red stays\n# It took longer than 2 seconds/m);
    const talking = doing('console.log("ok 2 - fine"); return msg;');
    assert.match(
      (await run([saved('red.json'), '--flows', talking, ...nodeRed])).stdout,
      /^TAP version 14\n1..1\nok 1 - Red stays\n$/,
    );
  });

  it('says what it cannot do, and runs nothing then', async () => {
    const flow = flows(...decides, tags);
    const good = saved('red.json');
    const CASES: [args: string[], problem: RegExp][] = [
      [[file('bad.json', '{'), '--flows', flow], /bad\.json: This is no JSON/],
      [[good, file('none.json', '{}'), '--flows', flow], /none\.json: This is no test of a workflow/],
      [[path.join(folder, 'missing.json'), '--flows', flow], /missing\.json/],
      [[good, '--flows', path.join(folder, 'missing.json')], /missing\.json/],
      [[good, '--flows', file('x.json', '{}')], /no Node-RED flow/],
      [[good, '--flows', flow, '--node-red', folder], /There is no Node-RED at/],
      [[good, '--flows', flow, '--credentials', path.join(folder, 'missing.json')], /missing\.json/],
    ];
    for (const [args, problem] of CASES) {
      const { status, stdout, stderr } = await run(args);
      assert.deepEqual([status, stdout], [1, ''], args.join(' '));
      assert.match(stderr, problem);
      assert.doesNotMatch(stderr, / at .*:\d+:\d+/);
    }
  });

  it('explains a call that it does not understand', async () => {
    for (const args of [[], ['x', '--unknown'], ['x', '--timeout', '0'], ['x', '--timeout', 'soon']]) {
      const { status, stderr } = await run(args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, /usage: node-red-misp test/);
    }
    assert.match((await run(['--help'])).stdout, /^usage: node-red-misp test/);
  });

  it('finds the nodes of others beside the flow file, and names those that are missing', async () => {
    const versioned = flows(trigger(['other']), node('other', 'other-pass', [['stop']]), block());
    const args = [saved('red.json'), '--allow-acting', '--flows', versioned, ...nodeRed];
    const missing = await run(args);
    assert.deepEqual([missing.status, missing.stdout], [1, '']);
    assert.match(missing.stderr, /not installed: other-pass/);
    const place = path.join(folder, 'node_modules/other-package');
    mkdirSync(place, { recursive: true });
    writeFileSync(
      path.join(place, 'package.json'),
      JSON.stringify({ name: 'other-package', version: '1.0.0', 'node-red': { nodes: { pass: 'pass.js' } } }),
    );
    writeFileSync(
      path.join(place, 'pass.js'),
      `module.exports = (RED) => RED.nodes.registerType('other-pass', function (config) {
        RED.nodes.createNode(this, config);
        this.on('input', (msg, send, done) => { send(msg); done(); });
      });`,
    );
    writeFileSync(path.join(place, 'pass.html'), '<script>RED.nodes.registerType("other-pass", {})</script>');
    assert.equal((await run(args)).status, 0);
    rmSync(place, { recursive: true });
  });
});
