import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import axios from 'axios';
import { definitions, pkg } from '../support/definitions';
import { root } from '../support/node-red';

interface Found {
  category: string;
  color?: string;
  icon?: string;
  inputs: number;
  outputs: number;
  defaults: Record<string, object>;
  credentials?: string[];
}

interface Scorecard {
  N01?: { test: boolean };
  N02?: { test: boolean; nodes?: string[] };
}

interface NodeRedDev {
  (
    folder: string,
    cli: Record<'log' | 'warn' | 'error', (text: string) => void>,
    card: Scorecard,
  ): Promise<Scorecard>;
  getNodeDefinitions(file: string): Record<string, Found>;
}

/** What `node-red-dev validate` runs over the nodes of a package: its own file, with the reader of HTML within reach. */
function nodeRedDev(): NodeRedDev {
  const file = path.join(root, 'test/fixtures/node-red-dev/checknodes.js');
  const loaded = new Module(file) as Module & { _compile(code: string, name: string): void };
  loaded.paths = module.paths;
  const code = readFileSync(file, 'utf8');
  loaded._compile(`${code}\nmodule.exports.getNodeDefinitions = getNodeDefinitions;`, file);
  return loaded.exports as NodeRedDev;
}

describe("Node-RED's scorecard", () => {
  const checkNodes = nodeRedDev();
  const warnings: string[] = [];
  let card: Scorecard;

  before(async () => {
    const get = axios.get.bind(axios);
    const log = console.log.bind(console);
    // The list of all packages, which the scorecard compares with: here, one other.
    const modules = [{ id: 'node-red-contrib-other', types: ['other'] }];
    axios.get = (() => Promise.resolve({ data: { modules } })) as unknown as typeof axios.get;
    console.log = (...texts: unknown[]) => void warnings.push(texts.join(' '));
    const warn = (text: string) => void warnings.push(text);
    try {
      card = await checkNodes(root, { log: () => {}, warn, error: warn }, {});
      await new Promise(setImmediate);
    } finally {
      Object.assign(axios, { get });
      Object.assign(console, { log });
    }
  });

  it('has nothing to say about the nodes', () => {
    assert.deepEqual(warnings, []);
    assert.equal(card.N01?.test, true);
  });

  it('finds an example of every node', () => {
    const palette = definitions.filter(({ description }) => description.family !== 'config');
    assert.equal(card.N02?.test, true);
    assert.deepEqual(card.N02?.nodes?.toSorted(), palette.map(({ type }) => type).sort());
  });

  for (const { type, description, built } of definitions) {
    it(`finds ${type} with its icon, ports and settings`, () => {
      const found = checkNodes.getNodeDefinitions(`${built}.html`);
      assert.deepEqual(Object.keys(found), [type]);
      const { category, color, icon, inputs, outputs, defaults, credentials = [] } = found[type];
      const isConfig = description.family === 'config';
      assert.equal(category, isConfig ? 'config' : `MISP ${description.family}`);
      assert.equal(inputs, description.inputs);
      assert.equal(outputs, description.outputs.length);
      for (const [name, { kind }] of Object.entries(description.fields))
        assert.ok(kind === 'secret' ? credentials.includes(name) : defaults[name], name);
      if (isConfig) return;
      assert.match(color ?? '', /^#\w{6}$/);
      assert.ok(existsSync(path.join(path.dirname(built), 'icons', icon ?? 'none')), icon);
    });
  }

  it('is content with the package', () => {
    const described = pkg as unknown as Record<string, unknown> & {
      keywords: string[];
      'node-red': { version?: string };
      engines?: { node?: string };
    };
    assert.ok(described.license);
    assert.ok(described.repository);
    assert.ok(described.keywords.includes('node-red'));
    assert.match(String(described.name), /^@[\w-]+\/[\w-]+$/);
    assert.ok(described['node-red'].version);
    assert.ok(described.engines?.node);
  });
});
