import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';
import { freePort } from '../support/misp';
import { collectLog } from '../support/log';

/** Credentials are no part of an example: whoever imports it fills them in. */
const secrets = {
  user: 'misp',
  password: 'secret',
  apiKey: 'a'.repeat(40),
  webhookUrl: 'https://chat.example.org/hooks/x',
  token: 'x'.repeat(20),
};

describe('the examples', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  before(async () => {
    nodeRed = await startNodeRed();
  });
  after(() => nodeRed.stop());

  for (const file of readdirSync(path.join(root, 'examples'))) {
    it(`${file} deploys without a warning`, async () => {
      const text = readFileSync(path.join(root, 'examples', file), 'utf8');
      assert.ok(!/"(password|credentials|authkey|apiKey)":/i.test(text), 'no secrets');
      const port = await freePort();
      const flow = (JSON.parse(text) as FlowNode[]).map((node) =>
        node.type === 'misp-listener' ? { ...node, port } : node,
      );
      const log = collectLog(nodeRed.RED);
      await deploy(nodeRed.RED, flow, Object.fromEntries(flow.map((node) => [node.id, secrets])));
      log.stop();
      assert.equal(log.text(), '');
    });
  }
});
