import { strict as assert } from 'node:assert';
import path from 'node:path';
import util from '@node-red/util';
import helper from 'node-red-node-test-helper';
import { root } from '../support/node-red';

type Register = (RED: object) => void;

/** The built node, as the helper loads it: it gives nodes no hooks, so those of the same Node-RED are handed in. */
function built(file: string): Register {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the file that package.json names
  const register = (require(path.join(root, 'dist/nodes', file)) as { default: Register }).default;
  return (RED) => register(Object.assign(RED, { hooks: util.hooks }));
}

const nodes = [
  'config/misp-server.js',
  'logic/misp-if-tag.js',
  'logic/misp-filter.js',
  'actions/misp-response.js',
  'actions/misp-tag.js',
].map(built);

const attribute = (value: string, tags: string[] = []) => {
  const Tag = tags.map((name) => ({ name }));
  return { id: '1', uuid: value, type: 'domain', value, to_ids: true, Tag, _allTags: Tag };
};

function event() {
  const attributes = [attribute('a.example'), attribute('b.example')];
  return {
    Event: {
      id: '1',
      uuid: 'e',
      Tag: [{ name: 'tlp:red' }],
      Attribute: attributes,
      _AttributeFlattened: attributes,
    },
  };
}

/** Sends one message to the node and gives what came first, by output. */
async function send(type: string, settings: object, more: object[] = [], secrets: object = {}) {
  const outputs = ['first', 'second'];
  const flow = [
    { id: 'tab', type: 'tab' },
    { id: 'node', z: 'tab', type, wires: outputs.map((id) => [id]), ...settings },
    ...outputs.map((id) => ({ id, z: 'tab', type: 'helper' })),
    ...more,
  ];
  await helper.load(nodes, flow, secrets);
  const came = new Promise<{ output: string; message: { payload: unknown; misp?: unknown } }>((resolve) => {
    for (const output of outputs) {
      const node = helper.getNode(output);
      node.on('input', (message) => resolve({ output, message }));
    }
  });
  const node = helper.getNode('node');
  const failed = new Promise<never>((_, reject) => {
    node.on('call:error', ({ firstArg }) => reject(new Error(String(firstArg))));
  });
  node.receive({ payload: event() });
  return Promise.race([came, failed]);
}

describe('single nodes in the test helper', () => {
  before(() => helper.init(require.resolve('node-red')));
  afterEach(async () => {
    await helper.unload();
  });

  for (const [tag, output] of [
    ['tlp:red', 'first'],
    ['tlp:green', 'second'],
  ]) {
    it(`IF tag sends an event tagged tlp:red to its ${output} output for ${tag}`, async () => {
      const settings = { scope: 'event', condition: 'in_or', tags: [tag], clusters: [] };
      assert.equal((await send('misp-if-tag', settings)).output, output);
    });
  }

  it('filter keeps the attributes that match', async () => {
    const filter = {
      selector: 'Event._AttributeFlattened.{n}',
      hash_path: 'value',
      operator: 'equals',
      value: 'a.example',
    };
    const { message } = await send('misp-filter', filter);
    const { _AttributeFlattened: kept } = (message.payload as ReturnType<typeof event>).Event;
    assert.deepEqual(
      Object.values(kept).map(({ value }) => value),
      ['a.example'],
    );
  });

  it('response says that there is nobody to answer', async () => {
    await assert.rejects(
      send('misp-response', { answer: 'block', message: 'no' }),
      /No request of MISP waits/,
    );
  });

  it('tag plans in a dry run, and asks no MISP', async () => {
    const settings = {
      server: 'server',
      dryRun: true,
      action: 'add',
      scope: 'event',
      locality: 'local',
      tags: ['seen'],
    };
    const server = { id: 'server', type: 'misp-server', url: 'http://127.0.0.1:9' };
    const { message } = await send('misp-tag', settings, [server], { server: { apiKey: 'k' } });
    assert.match(JSON.stringify(message.misp), /attach-tags.*seen/);
  });
});
