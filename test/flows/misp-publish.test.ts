import { strict as assert } from 'node:assert';
import { MispNodeTest } from '../support/misp-node';
import { eventOf, planOf, resultOf } from '../support/planned';

describe('misp-publish', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());
  const isPublished = (id: string) => test.misp.events.get(id)?.published;

  it('publishes and unpublishes', async () => {
    await test.deploy('misp-publish', { action: 'publish' });
    const [message] = await test.send({ payload: eventOf(test.misp, '2') });
    assert.equal(resultOf(message).operations[0].state, 'done');
    assert.equal(isPublished('2'), true);
    await test.deploy('misp-publish', { action: 'unpublish' });
    await test.send({ payload: eventOf(test.misp, '2') });
    assert.equal(isPublished('2'), false);
  });

  it('only says what it would do in a dry run and in a test run', async () => {
    await test.deploy('misp-publish', { action: 'publish', mail: true, mode: 'queued', dryRun: true });
    const [message] = await test.send({ payload: { Event: { uuid: eventOf(test.misp, '2').Event.uuid } } });
    const { uuid } = eventOf(test.misp, '2').Event;
    assert.deepEqual(planOf(message), [{ do: 'publish', event: { uuid }, mail: true, queued: true }]);
    await test.deploy('misp-publish', { action: 'publish' });
    await test.send({ payload: eventOf(test.misp, '2'), misp: { test: true } });
    assert.deepEqual(test.calls, []);
    assert.equal(isPublished('2'), false);
  });

  it('fails when there is no event, or MISP does not have it', async () => {
    await test.deploy('misp-publish', { action: 'publish' });
    assert.match(await test.fail({ payload: {} }), /event/i);
    test.clear();
    assert.ok(await test.fail({ payload: { Event: { id: '99999' } } }));
  });
});
