import { strict as assert } from 'node:assert';
import { MispNodeTest, type TestMessage } from '../support/misp-node';

interface Loaded {
  Event: { id: string; uuid: string; Attribute: object[]; _AttributeFlattened: { _allTags: object[] }[] };
}
const eventOf = ({ payload }: TestMessage) => (payload as Loaded).Event;

describe('misp-reload', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  it('loads the event of the message with all it has, in core format', async () => {
    await test.deploy('misp-reload');
    const [message] = await test.send({ payload: { Event: { id: '2', info: 'thin' } }, other: 1 });
    const event = eventOf(message);
    assert.equal(event.id, '2');
    assert.ok(event.Attribute.length > 3);
    assert.ok(event._AttributeFlattened.length > event.Attribute.length, 'those of objects too');
    assert.ok(event._AttributeFlattened[0]._allTags.length > 0);
    assert.equal(message.other, 1);
    assert.deepEqual(test.calls, ['GET /events/view/2']);
  });

  it('goes by the uuid, which is the same in every MISP', async () => {
    await test.deploy('misp-reload');
    const [first] = await test.send({ payload: { Event: { id: '2' } } });
    const { uuid } = eventOf(first);
    test.clear();
    const [message] = await test.send({ payload: { Event: { id: '77', uuid } } });
    assert.equal(eventOf(message).id, '2');
  });

  it('ends the filters that were active', async () => {
    await test.deploy('misp-reload');
    const misp = {
      trigger: 'event-after-save',
      filters: { whole: {}, enabled: [{ label: 'A' }], narrowed: [] },
    };
    const [message] = await test.send({ payload: { Event: { id: '1' } }, misp });
    assert.deepEqual(message.misp, { trigger: 'event-after-save' });
  });

  it('loads another event, by id or uuid from the message', async () => {
    await test.deploy('misp-reload', { which: 'other', event: 'payload.Event.extends', eventType: 'msg' });
    const [message] = await test.send({ payload: { Event: { id: '1', extends: 3 } } });
    assert.equal(eventOf(message).id, '3');
  });

  for (const bad of ['', '../users/view/me', '1/../2', { id: 1 }, undefined]) {
    it(`refuses ${JSON.stringify(bad)} as an id`, async () => {
      await test.deploy('misp-reload', { which: 'other', event: 'key', eventType: 'msg' });
      assert.match(await test.fail({ key: bad }), /neither an id nor a uuid/);
      assert.deepEqual(test.calls, []);
    });
  }

  it('says that a message names no event', async () => {
    await test.deploy('misp-reload');
    assert.match(await test.fail({ payload: { User: {} } }), /names no event/);
  });

  it('reads in a test run and behind a before-save trigger', async () => {
    await test.deploy('misp-reload');
    const misp = { trigger: 'event-before-save', test: true };
    const [message] = await test.send({ payload: { Event: { id: '1' } }, misp });
    assert.equal(eventOf(message).id, '1');
  });
});
