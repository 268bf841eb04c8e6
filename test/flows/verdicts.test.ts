import { strict as assert } from 'node:assert';
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import http from 'node:http';
import path from 'node:path';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';
import { event, freePort, listening, query } from '../support/misp';
import { allow, block, credentials, ifTag, listener, tab, trigger } from '../support/flows';
import { core, functions, others, structure } from '../support/shapes/attacks';
import { mixed } from '../support/shapes/mixed';
import { ordinary } from '../support/shapes/ordinary';
import { proved } from '../support/shapes/proved';
import { withResponse, type Expected, type Shape } from '../support/shapes/shape';

const DEADLINE_MS = 1200;
const SLACK_MS = 450;
const shapes = [...proved, ...ordinary, ...functions, ...core, ...structure, ...others];
/** Flows as people draw them, in which nothing keeps MISP waiting, whatever the rule is. */
const goOnAtOnce = shapes.filter((shape) => {
  const { green, after = 0 } = shape;
  return green === 'allow' && withResponse(shape).green === 'allow' && after < DEADLINE_MS / 3;
});
const RULES = ['response', 'ended', 'watch'] as const;
type Rule = (typeof RULES)[number];

describe('the verdict of a run', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let target: http.Server;
  let targetPort = 0;
  let port = 0;

  before(async () => {
    target = http.createServer((_request, response) => setTimeout(() => response.end('ok'), 100));
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    targetPort = (target.address() as { port: number }).port;
    nodeRed = await startNodeRed({ packages: [path.join(root, 'test/support/other-nodes')] });
    port = await freePort();
  });

  after(async () => {
    await nodeRed.stop();
    target.close();
  });

  it('is tried with 120 shapes at least', () => assert.ok(shapes.length >= 120, String(shapes.length)));

  it('lets an event that is all right go on at once in 34 ordinary shapes at least, by each rule', () =>
    assert.ok(goOnAtOnce.length >= 34, String(goOnAtOnce.length)));

  for (const rule of RULES) {
    describe(`when MISP goes on by the rule "${rule}"`, () => {
      for (const shape of shapes) {
        const expected = rule === 'response' ? withResponse(shape) : shape;
        it(`behind: ${shape.name}`, async () => {
          await deployShape(shape, rule);
          await expectVerdict(shape, 'tlp:red', rule === 'watch' ? 'allow' : expected.red, rule);
          await expectVerdict(shape, 'tlp:green', rule === 'watch' ? 'allow' : expected.green, rule);
          if (rule === 'response') assert.notEqual(expected.red, 'allow', 'a red event goes through');
        });
      }
    });
  }

  for (const shape of mixed) {
    it(`never goes on with the data of another run: ${shape.name}`, async () => {
      await deployShape(shape, 'response');
      for (const tags of [['tlp:green', 'tlp:red'], ['tlp:red', 'tlp:green'], ['tlp:green'], ['tlp:red']]) {
        const replies = await Promise.all(tags.map((tag) => query(port, 'test_module', event([tag]))));
        const { json, text } = replies[tags.indexOf('tlp:red')] ?? {};
        if (json) assert.ok(json.error, `${tags.join(' and ')}: ${text}`);
      }
    });
  }

  it('is right for 300 runs at once through switch nodes', async () => {
    // Whoever is late is answered with a block: a busy machine is not what is tried here.
    await deployShape(proved.find((entry) => entry.name === 'a loop') as Shape, 'response', 8000);
    const asked = Array.from({ length: 150 }, (_, index) => (index % 2 === 0 ? 'tlp:red' : 'tlp:green'));
    const replies = await Promise.all(asked.map((tag) => query(port, 'test_module', event([tag]))));
    replies.forEach((reply, index) => {
      if (asked[index] === 'tlp:red') assert.equal(reply.json.error, 'blocked by the flow');
      else assert.deepEqual(reply.json, { data: true });
    });
  });

  async function deployShape(
    { nodes, first = 'x' }: Pick<Shape, 'nodes' | 'first'>,
    goOn: Rule,
    deadline = DEADLINE_MS,
  ) {
    const filled = JSON.parse(JSON.stringify(nodes).replaceAll('${port}', String(targetPort))) as FlowNode[];
    const otherwise = goOn === 'response' ? ['go'] : [];
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port),
        trigger([first], { deadline: deadline / 1000, version: 2, goOn }),
        ...filled,
        ifTag('end', 'tlp:red', ['stop'], otherwise),
        block('stop'),
        ...(goOn === 'response' ? [allow('go')] : []),
      ],
      credentials,
    );
    await listening(port);
  }

  async function expectVerdict({ after = 0, forks }: Shape, tag: string, expected: Expected, rule: Rule) {
    const forking = forks ? await timeToFork() : 0;
    const reply = await query(port, 'test_module', event([tag]));
    assert.equal(reply.status, 200);
    const got = `${tag}: ${reply.text} after ${Math.round(reply.ms)} ms`;
    if (expected === 'allow') assert.deepEqual(reply.json, { data: true }, got);
    else assert.ok(reply.json.error, got);
    if (expected === 'block')
      assert.match(reply.json.error ?? '', /^(blocked by the flow|Execution stopped)/, got);
    if (expected === 'error')
      assert.match(
        reply.json.error ?? '',
        /^(function|http request|json|xml|yaml|file in|switch|misp-if|other-throws|other-fails-late|x): /,
        got,
      );
    if (expected === 'unanswered') assert.match(reply.json.error ?? '', /without an answer/, got);
    if (expected === 'deadline') assert.match(reply.json.error ?? '', /did not answer in time/, got);
    const own = rule === 'watch' || expected === 'unanswered' ? 0 : after - 20;
    const from = expected === 'deadline' ? DEADLINE_MS - 20 : own;
    const most = Math.max(from, rule === 'watch' ? 0 : after, 0) + forking + SLACK_MS;
    assert.ok(reply.ms >= from && reply.ms <= most, got);
  }
});

/** How long a process takes to start and end here and now, in milliseconds. */
async function timeToFork(): Promise<number> {
  const began = performance.now();
  await promisify(exec)('true');
  return performance.now() - began;
}
