import { strict as assert } from 'node:assert';
import { READER_KEY } from '../../sandbox/misp/server';
import { MispNodeTest } from '../support/misp-node';
import { eventOf, planOf, resultOf } from '../support/planned';

describe('misp-blocklist', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  it('puts the event on the list, once', async () => {
    await test.deploy('misp-blocklist', { block_comment: 'spam' });
    const payload = eventOf(test.misp, '2');
    const [first] = await test.send({ payload });
    assert.equal(resultOf(first).operations[0].state, 'done');
    test.clear();
    const [again] = await test.send({ payload });
    assert.equal(resultOf(again).operations[0].state, 'unchanged');
  });

  it('only says what it would do in a dry run', async () => {
    await test.deploy('misp-blocklist', { dryRun: true });
    const payload = {
      Event: { uuid: '2f5d0c9e-1111-4222-8333-444455556666', info: 'bad', Orgc: { name: 'CERT' } },
    };
    const [message] = await test.send({ payload });
    const { uuid, info } = payload.Event;
    assert.deepEqual(planOf(message), [
      { do: 'block-event', uuid, info, org: 'CERT', comment: 'Blocked from workflow' },
    ]);
    assert.deepEqual(test.calls, []);
  });

  it('fails without a uuid, and without the permission', async () => {
    await test.deploy('misp-blocklist');
    assert.match(await test.fail({ payload: { Event: {} } }), /does not lead to the uuid/);
    await test.deploy('misp-blocklist', { key: READER_KEY });
    assert.ok(await test.fail({ payload: eventOf(test.misp, '2') }));
  });
});
