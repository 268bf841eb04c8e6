import { strict as assert } from 'node:assert';
import { freePort } from '../support/misp';
import { until } from '../support/until';
import { MispNodeTest, type NodeSettings } from '../support/misp-node';

const NODES: Record<string, NodeSettings> = {
  'misp-reload': {},
  'misp-search': { deliver: 'all' },
  'misp-search (pages)': { deliver: 'pages' },
  'misp-request': { path: '/events/view/1' },
  'misp-decay': { models: ['1'] },
};

describe('nodes that read from a MISP that is away', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  let url = '';
  before(async () => {
    test = await MispNodeTest.start();
    url = `http://127.0.0.1:${await freePort()}`;
  });
  after(() => test.stop());

  for (const [name, settings] of Object.entries(NODES)) {
    const [type] = name.split(' ');
    const message = () => ({
      payload: { Event: { id: '1', _AttributeFlattened: [{ uuid: 'a' }], Attribute: [] } },
      kept: true,
    });

    it(`${name} stops its path with an error, unless told otherwise`, async () => {
      await test.deploy(type, { ...settings, url });
      await assert.rejects(test.send(message()), /MISP/);
      assert.equal(test.sent.length, 0);
    });

    it(`${name} reports the error and lets the message go on as it came, if told so`, async () => {
      await test.deploy(type, { ...settings, url, onFailure: 'continue' });
      test.receive(message());
      await until(() => test.sent.length > 0 && test.errors.length > 0, 5000);
      const [{ message: sent }] = test.sent;
      assert.equal(sent.kept, true);
      assert.equal((sent.payload as { Event: { id: string } }).Event.id, '1');
      assert.match(test.errors[0], /MISP/);
    });
  }
});
