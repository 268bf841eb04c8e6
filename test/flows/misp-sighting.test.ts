import { strict as assert } from 'node:assert';
import { MispNodeTest } from '../support/misp-node';
import { eventOf, planOf, resultOf } from '../support/planned';

describe('misp-sighting', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  it('adds a sighting of each attribute that the filter leaves', async () => {
    const payload = eventOf(test.misp, '2');
    const [first] = payload.Event._AttributeFlattened ?? [];
    const filter = {
      selector: 'Event._AttributeFlattened.{n}',
      value: String(first.id),
      operator: 'equals',
      path: 'id',
    };
    await test.deploy('misp-sighting', { filter, source: 'flow of {{ Event.id }}', dryRun: true });
    const [planned] = await test.send({ payload });
    const [operation] = planOf(planned);
    assert.deepEqual(operation, {
      do: 'add-sightings',
      type: 0,
      source: 'flow of 2',
      items: [{ id: String(first.id), uuid: String(first.uuid) }],
    });
    await test.deploy('misp-sighting', { filter, sighting: 'false-positive' });
    const [message] = await test.send({ payload });
    assert.equal(resultOf(message).operations[0].state, 'done');
  });

  it('adds sightings of values, each once, and says which MISP does not have', async () => {
    const [attribute] = eventOf(test.misp, '2').Event._AttributeFlattened ?? [];
    await test.deploy('misp-sighting', { of: 'values', values: 'payload', valuesType: 'msg' });
    const [message] = await test.send({ payload: [attribute.value, ` ${String(attribute.value)} `] });
    const [result] = resultOf(message).operations;
    assert.deepEqual(result.operation, { do: 'add-sightings', type: 0, values: [attribute.value] });
    assert.equal(result.state, 'done');
    test.clear();
    assert.match(await test.fail({ payload: 'unknown.example.invalid' }), /No valid attributes|unknown/i);
  });

  it('fails on what is no value', async () => {
    await test.deploy('misp-sighting', { of: 'values', values: 'payload', valuesType: 'msg' });
    assert.match(await test.fail({ payload: { not: 'a value' } }), /neither a text nor a list/);
  });
});
