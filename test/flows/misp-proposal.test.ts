import { strict as assert } from 'node:assert';
import { API_KEY } from '../../sandbox/misp/server';
import type { DecideProposal } from '../../src/actions/plan';
import { MispNodeTest, type TestMessage } from '../support/misp-node';
import { isWriting, planOf } from '../support/planned';
import { sendJson } from '../support/recorder';

describe('misp-proposal', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  const attribute = (id: string, type: string, proposals: object[]) => ({
    id,
    event_id: '2',
    type,
    value: 'x',
    ShadowAttribute: proposals,
  });
  const event = () => ({
    Event: {
      id: '2',
      ShadowAttribute: [{ id: '5' }],
      _AttributeFlattened: [
        attribute('1', 'domain', [{ id: '6' }]),
        attribute('2', 'ip-dst', [{ id: '7' }, { id: '8' }]),
      ],
    },
  });
  const decided = (message: TestMessage) =>
    (planOf(message) as DecideProposal[]).map(({ do: verb, proposal: { id } }) => `${verb} ${id}`);

  it('accepts all proposals of the event, those for new attributes first', async () => {
    await test.deploy('misp-proposal', { dryRun: true });
    const payload = event();
    const [message] = await test.send({ payload });
    assert.deepEqual(
      decided(message),
      ['5', '6', '7', '8'].map((id) => `accept-proposal ${id}`),
    );
    assert.deepEqual(payload.Event.ShadowAttribute, []);
    assert.deepEqual(test.calls, []);
  });

  it('discards those on the attributes that the filter leaves', async () => {
    const filter = {
      selector: 'Event._AttributeFlattened.{n}',
      path: 'type',
      operator: 'equals',
      value: 'ip-dst',
    };
    await test.deploy('misp-proposal', { dryRun: true, action: 'remove', proposalType: 'edit', filter });
    const [message] = await test.send({ payload: event() });
    assert.deepEqual(decided(message), ['discard-proposal 7', 'discard-proposal 8']);
  });

  it('reads the proposals of an event that came without them, and of no other', async () => {
    await test.deploy('misp-proposal', { dryRun: true, proposalType: 'any' });
    const rows = [
      { id: '1', old_id: '30', event_id: '2' },
      { id: '2', old_id: '0', event_id: '2' },
      { id: '3', old_id: '0', event_id: '4' },
    ];
    test.recorder.answer = (_, response) =>
      sendJson(
        response,
        rows.map((row) => ({ ShadowAttribute: row })),
      );
    const [message] = await test.send({ payload: { Event: { id: '2' } } });
    assert.deepEqual(decided(message), ['accept-proposal 2', 'accept-proposal 1']);
    assert.deepEqual(test.calls, ['GET /shadow_attributes/index/2']);
  });

  it('asks for no proposals without an event', async () => {
    await test.deploy('misp-proposal', { dryRun: true });
    assert.match(await test.fail({ payload: { Event: { uuid: 'e' } } }), /holds no event/);
    assert.deepEqual(test.calls, []);
  });

  it('accepts in MISP', async () => {
    const proposed = { type: 'domain', category: 'Network activity', value: 'proposed.example' };
    const answer = await fetch(`${test.misp.url}/shadow_attributes/add/2`, {
      method: 'POST',
      headers: { Authorization: API_KEY, Accept: 'application/json', 'Content-Type': 'application/json' },
      body: JSON.stringify(proposed),
    });
    assert.equal(answer.status, 200);
    await test.deploy('misp-proposal', { proposalType: 'new' });
    await test.send({ payload: { Event: { id: '2' } } });
    const values = test.misp.events.get('2')?.Attribute.map(({ value }) => value);
    assert.ok(values?.includes('proposed.example'));
    assert.deepEqual(test.recorder.calls.filter(isWriting).length, 1);
  });
});
