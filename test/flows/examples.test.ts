import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { looksAtAttributes } from '../../nodes/attributes-when';
import type { NodeConfig } from '../../src/runs/trust';
import { checkFlow, type TypeKnowledge } from '../../src/checks/check-flow';
import { definitions } from '../support/definitions';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';
import { freePort } from '../support/misp';
import { collectLog } from '../support/log';
import { SECRETS } from '../support/secrets';

describe('the check of the flow', () => {
  const typeOf = (type: string) => definitions.find((one) => one.type === type)?.description;
  const knowledge: TypeKnowledge = {
    isOurs: (type) => typeOf(type) !== undefined,
    writes: (type) => typeOf(type)?.writes === true,
    fieldsOf: (type) => typeOf(type)?.fields ?? {},
    looksAtAttributes(node) {
      const description = typeOf(node.type);
      return description !== undefined && looksAtAttributes(description, node);
    },
  };
  /** What stands for the place of whoever imports the example. */
  const TO_FILL_IN = new Set(['url', 'host', 'from', 'module']);

  for (const file of readdirSync(path.join(root, 'examples'))) {
    it(`has nothing to say of the example ${file} but what is to be filled in`, () => {
      const flow = JSON.parse(readFileSync(path.join(root, 'examples', file), 'utf8')) as NodeConfig[];
      const findings = checkFlow(flow, knowledge);
      assert.deepEqual(
        findings.filter(({ key, field = '' }) => key !== 'lacks' || !TO_FILL_IN.has(field)),
        [],
      );
      for (const node of flow) {
        const description = typeOf(node.type);
        if (description) assert.equal(node.version, description.version, node.id);
      }
    });
  }
});

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
      await deploy(nodeRed.RED, flow, Object.fromEntries(flow.map((node) => [node.id, SECRETS])));
      log.stop();
      assert.equal(log.text(), '');
    });
  }
});
