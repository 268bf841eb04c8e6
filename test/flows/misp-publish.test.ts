import { strict as assert } from 'node:assert';
import { idOf } from '../support/flows';
import { until } from '../support/until';
import { MispNodeTest } from '../support/misp-node';
import { eventOf, planOf, resultOf } from '../support/planned';
import { sendJson } from '../support/recorder';

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

  it('does not know what came of a queued publication that it cannot see: yellow', async () => {
    const states: string[] = [];
    const onStatus = ({ id, status }: { id: string; status?: { fill?: string; text?: string } }) => {
      if (id === idOf('tested') && status?.text) states.push(`${status.fill}: ${status.text}`);
    };
    await test.deploy('misp-publish', { action: 'publish', mode: 'queued' });
    test.nodeRed.RED.events.on('node-status', onStatus);
    test.recorder.answer = ({ path }, response) => {
      // The job waits, and the log is not for this key.
      if (path.startsWith('/admin/logs')) return sendJson(response, { message: 'no' }, 403);
      if (!path.includes('/publish/')) return false;
      const said = { saved: true, success: true, name: 'Job queued', message: 'Job queued', url: path };
      return sendJson(response, said);
    };
    test.receive({ payload: eventOf(test.misp, '2') });
    await until(() => test.sent.length > 0 || test.errors.length > 0, 15_000);
    test.nodeRed.RED.events.off('node-status', onStatus);
    assert.deepEqual(test.errors, []);
    const [{ state, answer }] = resultOf(test.sent[0].message).operations;
    assert.deepEqual([state, answer], ['unknown', { queued: true, published: 'unknown' }]);
    assert.equal((test.sent[0].message.payload as { Event: { published: boolean } }).Event.published, false);
    assert.deepEqual(states.slice(-1), ['yellow: unknown: look into MISP']);
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
