import { strict as assert } from 'node:assert';
import { API_KEY } from '../../sandbox/misp/server';
import { toCoreFormat } from '../../src/event/to-core';
import { MispNodeTest } from '../support/misp-node';
import { planOf, resultOf } from '../support/planned';

interface Payload {
  Event: { warnings?: { name: string }[]; _AttributeFlattened: { value: string; warnings?: object[] }[] };
}

const event = (...values: string[]) =>
  toCoreFormat({
    Event: {
      id: '2',
      Attribute: values.map((value, index) => ({ id: String(index + 1), type: 'domain', value })),
    },
  }) as Payload;

describe('misp-warninglist', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  let list: { id: string; name: string; entry: string };
  before(async () => {
    test = await MispNodeTest.start();
    const headers = {
      Authorization: API_KEY,
      Accept: 'application/json',
      'Content-Type': 'application/json',
    };
    const body = JSON.stringify({
      Warninglist: {
        name: 'our own services',
        description: 'made by the test',
        type: 'string',
        category: 'known',
        enabled: true,
        entries: 'known.example',
        matching_attributes: ['domain'],
      },
    });
    const answer = await fetch(`${test.misp.url}/warninglists/add`, { method: 'POST', headers, body });
    const { Warninglist } = (await answer.json()) as { Warninglist: { id: string; name: string } };
    list = { ...Warninglist, entry: 'known.example' };
  });
  after(() => test.stop());

  it('attaches what matches to attributes and event, with one question for all values', async () => {
    await test.deploy('misp-warninglist', { warninglists: [list.name] });
    const [message] = await test.send({ payload: event('known.example', 'other.example') });
    const { Event } = message.payload as Payload;
    assert.deepEqual(
      Event._AttributeFlattened.map(({ warnings = [] }) => warnings.length),
      [1, 0],
    );
    assert.deepEqual(
      Event.warnings?.map(({ name }) => name),
      [list.name],
    );
    assert.equal(test.calls.filter((call) => call.includes('checkValue')).length, 1);
  });

  it('adds what is missing to a list, and keeps what is there', async () => {
    await test.deploy('misp-warninglist', { action: 'add', warninglist: list.name });
    const [message] = await test.send({ payload: event('known.example', 'fresh.example') });
    assert.equal(resultOf(message).operations[0].state, 'done');
    await test.deploy('misp-warninglist', { warninglists: ['ALL'] });
    const [checked] = await test.send({ payload: event('known.example', 'fresh.example') });
    const { Event } = checked.payload as Payload;
    assert.ok(Event._AttributeFlattened.every(({ warnings = [] }) => warnings.length > 0));
  });

  it('only says what it would add in a dry run', async () => {
    await test.deploy('misp-warninglist', { action: 'add', warninglist: list.id, dryRun: true });
    const [message] = await test.send({ payload: event('a.example') });
    assert.deepEqual(planOf(message), [{ do: 'extend-warninglist', list: list.id, values: ['a.example'] }]);
  });

  it('fails when no list is chosen', async () => {
    await test.deploy('misp-warninglist', { warninglists: [] });
    assert.match(await test.fail({ payload: event('a.example') }), /No warninglist is chosen/);
  });
});
