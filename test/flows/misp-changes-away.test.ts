import { strict as assert } from 'node:assert';
import { until } from '../support/until';
import { freePort } from '../support/misp';
import { MispNodeTest, type NodeSettings } from '../support/misp-node';
import { eventOf } from '../support/planned';
import { sendJson } from '../support/recorder';

/** Nodes that change data, with settings and data that make each do something. */
const NODES: Record<string, NodeSettings> = {
  'misp-tag': { tags: ['away'], create: true },
  'misp-tag-replace': { taxonomy: 'custom', pattern: '/^tlp:(.*)$/', substitution: 'away:{{1}}' },
  'misp-attribute': { change: 'comment', value: 'away' },
  'misp-event': { change: 'info', value: 'away' },
  'misp-country': {},
  'misp-proposal': {},
};

describe('a MISP that does not do what it is told', function () {
  this.timeout(60000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  function message() {
    const payload = eventOf(test.misp, '2');
    payload.Event.ShadowAttribute = [{ id: '99', event_id: '2' }];
    const [first] = payload.Event._AttributeFlattened ?? [];
    first.enrichment = [[{ values: ['Belgium'] }]];
    return { payload };
  }

  for (const [type, settings] of Object.entries(NODES)) {
    const failed = async (expected: RegExp, more: NodeSettings = {}, prepare = () => {}) => {
      await test.deploy(type, { ...settings, ...more });
      prepare();
      assert.match(await test.fail(message()), expected);
      assert.equal(test.sent.length, 0, 'the path stops');
    };
    const answering = (status: number, body: object) => () => {
      test.recorder.answer = (_call, response) => sendJson(response, body, status);
    };

    describe(type, () => {
      it('says that the key is wrong', () => failed(/does not know this API key/, { key: 'x'.repeat(40) }));
      it('says that the permission is missing', () =>
        failed(/refuses this to the key: No\./, {}, answering(403, { name: 'No.', message: 'No.' })));
      it('says that MISP is down', async () =>
        failed(/cannot be reached/, { url: `http://127.0.0.1:${await freePort()}` }));
      it('says that a web page came', () =>
        failed(/web page, not with the API/, {}, () => {
          test.recorder.answer = (_call, response) => {
            response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Login</h1>');
            return true;
          };
        }));
      it('goes on if told to', async () => {
        await test.deploy(type, { ...settings, onFailure: 'continue' });
        answering(403, { name: 'No.', message: 'No.' })();
        test.receive(message());
        await until(() => test.sent.length > 0 && test.errors.length > 0, 5000);
      });
    });
  }
});
