import { strict as assert } from 'node:assert';
import { freePort } from '../support/misp';
import { MispNodeTest, type NodeSettings } from '../support/misp-node';
import { sendJson } from '../support/recorder';

/** Nodes that ask MISP, with the settings that make each ask something. */
const NODES: Record<string, NodeSettings> = {
  'misp-reload': {},
  'misp-search': { deliver: 'pages' },
  'misp-request (GET)': { path: '/events/view/1' },
  'misp-request (POST)': { path: '/events/edit/1', method: 'POST' },
  'misp-run-module': { module: 'tag-if', outputs: 2 },
  'misp-decay': { models: ['1'] },
};

/** Nodes that change something in MISP. */
const WRITERS: Record<string, NodeSettings> = {
  'misp-tag': { tags: ['tlp:red'] },
  'misp-tag-replace': {},
  'misp-attribute': { change: 'add' },
  'misp-event': { change: 'analysis', analysis: '2' },
  'misp-event-create': { info: 'x', attributeType: 'domain', data: '["a.example"]', dataType: 'json' },
  'misp-publish': {},
  'misp-proposal': {},
  'misp-sighting': {},
  'misp-analyst-data': { note: 'broken' },
  'misp-blocklist': {},
  'misp-warninglist': { action: 'add', warninglist: '7' },
  'misp-run-workflow': { workflows: ['Review'] },
};

const message = () => ({
  payload: { Event: { id: '1', _AttributeFlattened: [{ uuid: 'a' }], Attribute: [] } },
});

/** An event in which each of the writers finds something to do. */
const richMessage = () => {
  const attributes = ['1', '2'].map((id) => ({
    id,
    uuid: `00000000-0000-4000-8000-00000000000${id}`,
    event_id: '1',
    type: 'domain',
    value: `${id}.example`,
    to_ids: false,
  }));
  return {
    payload: {
      Event: {
        id: '1',
        uuid: '5fd76d79-4945-4689-b517-5be892dfdb2e',
        info: 'A test event',
        analysis: '0',
        Tag: [{ name: 'TLP:RED' }],
        ShadowAttribute: [
          { id: '5', uuid: '00000000-0000-4000-8000-000000000005', old_id: '0', event_id: '1' },
        ],
        Attribute: attributes,
        _AttributeFlattened: attributes,
      },
    },
  };
};

describe('a MISP that does not answer as it should', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  for (const [name, settings] of [...Object.entries(NODES), ...Object.entries(WRITERS)]) {
    const [type] = name.split(' ');
    const writes = name in WRITERS;
    const failed = async (expected: RegExp, more: NodeSettings = {}, prepare = () => {}) => {
      await test.deploy(type, { ...settings, ...more });
      prepare();
      assert.match(await test.fail(writes ? richMessage() : message()), expected);
      assert.equal(test.sent.length, 0);
    };
    const answering = (status: number, body: object) => () => {
      test.recorder.answer = (_call, response) => sendJson(response, body, status);
    };

    describe(name, () => {
      it('says that the key is wrong', () => failed(/does not know this API key/, { key: 'x'.repeat(40) }));
      it('says that the permission is missing', () =>
        failed(/refuses this to the key: No\./, {}, answering(403, { name: 'No.', message: 'No.' })));
      it('says that MISP does not have it', () =>
        failed(/does not have that: Invalid event/, {}, answering(404, { message: 'Invalid event' })));
      it('says that MISP is down', async () =>
        failed(/cannot be reached/, { url: `http://127.0.0.1:${await freePort()}` }));
      it('says that MISP is slow', () =>
        failed(/did not answer in time/, { timeout: 1 }, () => {
          test.recorder.answer = () => true;
        }));
      it('says that a web page came', () =>
        failed(/web page, not with the API/, {}, () => {
          test.recorder.answer = (_call, response) => {
            response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Login</h1>');
            return true;
          };
        }));
      if (!writes) return;
      it('says what MISP finds wrong, field by field', () =>
        failed(
          /info: is too long/,
          {},
          answering(403, { message: 'Could not save', errors: { info: ['is too long'] } }),
        ));
      it('goes on with the message when it is told to, and reports the error', async () => {
        await test.deploy(type, { ...settings, onFailure: 'continue', key: 'x'.repeat(40) });
        assert.match(await test.fail(richMessage()), /does not know this API key/);
        assert.equal(test.sent.length, 1);
      });
    });
  }

  it('tells which of several were not done', async () => {
    await test.deploy('misp-sighting', { onFailure: 'continue' });
    test.recorder.answer = ({ path }, response) => {
      if (path.endsWith('2')) return sendJson(response, { message: 'An Internal Error Has Occurred.' }, 500);
      return sendJson(response, { Sighting: { id: '1' } });
    };
    const problem = await test.fail(richMessage());
    assert.match(problem, /An Internal Error Has Occurred/);
    const [{ message: sent }] = test.sent;
    const { operations } = (sent.misp as { result: { operations: { state: string; failures: object[] }[] } })
      .result;
    assert.deepEqual([operations[0].state, operations[0].failures.length], ['partial', 1]);
  });
});
