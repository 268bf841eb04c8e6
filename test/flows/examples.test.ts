import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { looksAtAttributes } from '../../nodes/attributes-when';
import type { NodeConfig } from '../../src/runs/trust';
import { checkFlow, type TypeKnowledge } from '../../src/checks/check-flow';
import { definitions } from '../support/definitions';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';
import { freePort } from '../support/misp';
import { example, exampleNames } from '../support/examples';
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

describe('all examples together', () => {
  const all = exampleNames.flatMap((name) => example(name).map((node) => ({ name, node })));
  /** Of each of these types all examples have one node, the same in each of them. */
  const SHARED = new Set(['misp-listener', 'misp-server', 'misp-mail-server', 'misp-modules']);
  /** Examples of a second listener. */
  const isShared = ({ name, node }: (typeof all)[number]) =>
    SHARED.has(node.type) && !(node.type === 'misp-listener' && /^(Listener|Module in front) - /.test(name));

  for (const type of SHARED) {
    it(`share one ${type}`, () => {
      const nodes = all.filter((one) => one.node.type === type && isShared(one));
      for (const { name, node } of nodes) assert.deepEqual(node, nodes[0].node, name);
    });
  }

  /** MISP has one address for each service, so those in front of misp-modules are at the same one. */
  const isInFront = ({ name, node }: (typeof all)[number]) =>
    node.type === 'misp-listener' && name.startsWith('Module in front - ');

  it('share one listener in front of misp-modules', () => {
    const [first, ...others] = all.filter(isInFront);
    assert.ok(others.length > 0);
    for (const { name, node } of others) assert.deepEqual(node, first.node, name);
  });

  it('have no other id in common', () => {
    const names = new Map<string, string>();
    for (const { name, node } of all.filter((one) => !isShared(one) && !isInFront(one))) {
      assert.equal(names.get(node.id), undefined, `${node.id} of ${name}`);
      names.set(node.id, name);
    }
  });

  it('have a comment that explains, and labels that can be read', () => {
    for (const name of exampleNames) {
      const nodes = example(name);
      assert.ok(
        nodes.some(({ type }) => type === 'comment'),
        name,
      );
      for (const { type, name: label = '' } of nodes as { type: string; name?: string }[]) {
        if (type !== 'comment') assert.ok(label.length <= 30, `${name}: ${label}`);
      }
    }
  });

  it('say what they are for, and use no nodes of other packages', () => {
    const core = new Set([
      ...['tab', 'group', 'comment', 'inject', 'debug', 'catch', 'function', 'exec'],
      ...['switch', 'join', 'change', 'link in', 'link out', 'csv', 'template', 'http request'],
    ]);
    for (const { name, node } of all) {
      if (node.type === 'tab') assert.ok(String(node.info).length > 20, name);
      const isOurs = node.type.startsWith('misp-');
      assert.ok(isOurs || core.has(node.type), `${name}: ${node.type}`);
    }
  });

  it('have no setting that their node does not have', () => {
    const standard = [
      ...['id', 'type', 'z', 'g', 'd', 'name', 'version', 'x', 'y', 'wires', 'info', 'l', 'icon', 'misp'],
      ...['outputs', 'inputLabels', 'outputLabels'],
    ];
    for (const { name, node } of all) {
      const fields = definitions.find(({ type }) => type === node.type)?.description.fields;
      if (!fields) continue;
      const known = new Set([
        ...standard,
        ...Object.keys(fields).flatMap((field) => [field, `${field}Type`]),
      ]);
      const unknown = Object.keys(node).filter((setting) => !known.has(setting));
      assert.deepEqual(unknown, [], `${name}: ${node.type} ${node.id}`);
    }
  });

  it('are each driven end to end by a test', () => {
    const folder = path.join(root, 'test/flows');
    const tests = [
      ...['examples-asked', 'examples-pressed', 'blueprints', 'blueprints-enriched', 'training'],
      ...['misp-module-out', 'module-in-front', 'misp-alert', 'clears-first', 'misp-approval', 'module-ai'],
    ].map((file) => readFileSync(path.join(folder, `${file}.test.ts`), 'utf8'));
    for (const name of exampleNames)
      assert.ok(
        tests.some((text) => text.includes(name)),
        name,
      );
  });

  it('announce modules of different names', () => {
    const modules = all.map(({ node }) => node.module).filter((module) => module && module !== '');
    assert.deepEqual(
      modules.filter((module, index) => modules.indexOf(module) !== index),
      [],
    );
  });
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
