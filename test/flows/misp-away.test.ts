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

const message = () => ({
  payload: { Event: { id: '1', _AttributeFlattened: [{ uuid: 'a' }], Attribute: [] } },
});

describe('a MISP that does not answer as it should', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  for (const [name, settings] of Object.entries(NODES)) {
    const [type] = name.split(' ');
    const failed = async (expected: RegExp, more: NodeSettings = {}, prepare = () => {}) => {
      await test.deploy(type, { ...settings, ...more });
      prepare();
      assert.match(await test.fail(message()), expected);
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
    });
  }
});
