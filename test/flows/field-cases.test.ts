import { strict as assert } from 'node:assert';
import path from 'node:path';
import { fieldCases, green, placed, red, secretsOf, type FieldCase } from '../support/field-cases';
import { call, freePort, listening, type Reply } from '../support/misp';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';
import { startReceiver, type Receiver } from '../support/receiver';
import { answeredWithin } from '../support/soon';

/**
 * Flows that once let a red event through. By the rule "all paths have ended", too, none of them does any more:
 * what that rule lets through by its nature is in docs/limits.md, and in limits.test.ts.
 */
const cases = fieldCases();

/** Where a green event goes on; elsewhere it is stopped, with a reason. */
const GREEN_GOES_ON: Record<string, string[]> = {
  response: [
    'allow-frees-hold-core-nodes',
    'fn-on-start-interval-drains-queue',
    'fn-regex-with-timer-on-one-line',
    'fn-spread-copy-stored-in-flow-context-other-fn-sends',
    'function-url-in-template',
    'rbe-same-event-twice',
    'response-template-error-catch',
    'response-template-fails-onerror-allow',
    'split-join-empty-list',
  ],
  ended: [
    'allow-frees-hold-core-nodes',
    'packaged-subflow',
    'rbe-same-event-twice',
    'response-template-error-catch',
    'response-template-fails-onerror-allow',
    'split-join-empty-list',
    'subflow-with-answer-from-env',
  ],
};

const DEADLINE_MS = 800;

describe('flows on which the gate once failed', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: Receiver;
  let port = 0;
  let login = {};

  before(async () => {
    misp = await startReceiver();
    nodeRed = await startNodeRed({ packages: [path.join(root, 'test/support/other-nodes')] });
    port = await freePort();
  });

  after(async () => {
    await nodeRed.stop();
    misp.close();
  });

  it('are all there', () => {
    assert.ok(cases.length >= 24, String(cases.length));
    const names = cases.map(({ name }) => name);
    for (const name of Object.values(GREEN_GOES_ON).flat()) assert.ok(names.includes(name), name);
  });

  for (const goOn of ['response', 'ended'] as const) {
    for (const fieldCase of cases) {
      const { name } = fieldCase;
      const greenGoesOn = GREEN_GOES_ON[goOn].includes(name);
      it(`${name}, by the rule "${goOn}": red is stopped, green ${greenGoesOn ? 'goes on' : 'too'}`, async () => {
        await deployCase(fieldCase, goOn);
        for (const one of [red(), red(), red({ Attribute: [] })]) stopped(await ask(one));
        for (const reply of await Promise.all([ask(red()), ask(red())])) stopped(reply);
        const [, other] = await Promise.all([ask(green()), ask(red())]);
        stopped(other);
        const reply = await ask(green());
        if (greenGoesOn) assert.equal(reply.text, '{"data":true}');
        else stopped(reply);
      });
    }
  }

  for (const fieldCase of cases) {
    it(`${fieldCase.name}, by the rule "watch": MISP goes on at once`, async () => {
      await deployCase(fieldCase, 'watch');
      const reply = await answeredWithin(300, () => ask(red()));
      assert.equal(reply.text, '{"data":true}');
    });
  }

  async function deployCase(fieldCase: FieldCase, goOn: string) {
    const headers = { 'Content-Type': 'application/json' };
    misp.script = [{ status: 200, body: fieldCase.mispAnswers ?? '{}', headers }];
    const flow = placed(fieldCase, { port, mispUrl: misp.url, goOn, deadline: DEADLINE_MS / 1000 });
    const secrets = secretsOf(fieldCase);
    const idOf = (type: string) => (flow.find((node) => node.type === type) as FlowNode).id;
    login = secrets[idOf('misp-listener')];
    await deploy(nodeRed.RED, flow, secrets);
    await listening(port);
    // A flow that does not run stops everything, for another reason.
    assert.ok(nodeRed.RED.nodes.getNode(idOf('misp-trigger')), 'the flow does not run');
  }

  function ask(data: object): Promise<Reply> {
    return call({ module: 'test_module', data, params: {} }, { port, ...login });
  }

  function stopped({ status, json, text }: Reply) {
    assert.equal(status, 200);
    assert.ok(typeof json.error === 'string' && json.error.length > 1 && !('data' in json), text);
  }
});
