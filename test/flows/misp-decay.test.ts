import { strict as assert } from 'node:assert';
import { getMatchingItemsForAttributes } from '../../src/event/saved-filters';
import { valuesOf } from '../../src/event/values';
import { MispNodeTest } from '../support/misp-node';
import { sendJson, type RecordedCall } from '../support/recorder';

interface Attribute {
  uuid: string;
  type: string;
  decay_score?: { score: number; decayed: boolean }[];
}
const attribute = (number: number, type = 'domain'): Attribute => ({ uuid: `uuid-${number}`, type });
const model = { id: '1', name: 'Lab NIDS Simple Decaying Model' };

/** An event whose flattened list holds the same objects, as behind a trigger. */
function eventWith(attributes: Attribute[]) {
  return { Event: { id: '150', Attribute: attributes, _AttributeFlattened: [...attributes] } };
}

describe('misp-decay', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  /** Answers as MISP does: the models, and a score for each attribute it is asked for. */
  function answerAsMisp(scored: (call: RecordedCall) => string[]): void {
    test.recorder.answer = (call, response) => {
      if (call.path === '/decayingModel/index') return sendJson(response, [{ DecayingModel: model }]);
      const Attribute = scored(call).map((uuid, index) => ({
        uuid,
        decay_score: [{ score: 80 - index * 60, base_score: 80, decayed: index > 0, DecayingModel: model }],
      }));
      return sendJson(response, { response: { Attribute } });
    };
  }
  const asked = ({ body }: RecordedCall) => (body as { uuid: string[] }).uuid;

  it('scores all attributes of the message in place, with one call', async () => {
    await test.deploy('misp-decay', { models: ['1'] });
    answerAsMisp(asked);
    const attributes = [attribute(1), attribute(2)];
    const payload = eventWith(attributes);
    const [message] = await test.send({ payload });
    assert.equal(message.payload, payload, 'the same event, not a copy');
    assert.deepEqual(
      payload.Event._AttributeFlattened.map(({ decay_score }) => decay_score?.[0].score),
      [80, 20],
    );
    assert.deepEqual(test.calls, ['POST /attributes/restSearch']);
    const { eventid, includeDecayScore, decayingModel } = test.recorder.calls[0].body as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      { eventid, includeDecayScore, decayingModel },
      {
        eventid: '150',
        includeDecayScore: 1,
        decayingModel: ['1'],
      },
    );
  });

  it('scores only what the filter lets through', async () => {
    const filter = {
      selector: 'Event._AttributeFlattened.{n}',
      path: 'type',
      operator: 'equals',
      value: 'ip-dst',
    };
    await test.deploy('misp-decay', { models: ['1'], filter });
    answerAsMisp(asked);
    const attributes = [attribute(1), attribute(2, 'ip-dst')];
    await test.send({ payload: eventWith(attributes) });
    assert.deepEqual(asked(test.recorder.calls[0]), ['uuid-2']);
    assert.equal(attributes[0].decay_score, undefined);
    assert.equal(attributes[1].decay_score?.[0].score, 80);
  });

  it('scores all without a filter, and none where the first version had an operator alone', async () => {
    for (const operator of ['in', 'not_in', 'equals', 'not_equals', 'any_value']) {
      for (const [version, count] of [
        [1, 0],
        [2, 2],
      ]) {
        const filter = { selector: '', path: '', operator, value: '' };
        await test.deploy('misp-decay', { models: ['1'], filter, version });
        answerAsMisp(asked);
        await test.send({ payload: eventWith([attribute(1), attribute(2)]) });
        assert.equal(test.calls.length, count === 0 ? 0 : 1, `${operator} in version ${version}`);
        if (count > 0) assert.equal(asked(test.recorder.calls[0]).length, count);
      }
    }
  });

  it('asks for the event instead of very many single attributes', async () => {
    await test.deploy('misp-decay', { models: ['1'] });
    answerAsMisp(() => ['uuid-700', 'uuid-unknown']);
    const attributes = Array.from({ length: 800 }, (_, index) => attribute(index));
    await test.send({ payload: eventWith(attributes) });
    assert.equal(asked(test.recorder.calls[0]), undefined);
    assert.equal(attributes[700].decay_score?.[0].score, 80);
    assert.equal(attributes.filter(({ decay_score }) => decay_score).length, 1);
  });

  it('leaves what MISP does not have yet without a score', async () => {
    await test.deploy('misp-decay', { models: ['1'] });
    answerAsMisp(() => []);
    const attributes = [attribute(1)];
    await test.send({ payload: eventWith(attributes), misp: { trigger: 'event-before-save', test: true } });
    assert.equal('decay_score' in attributes[0], false);
  });

  it('asks nothing when there is nothing to score', async () => {
    await test.deploy('misp-decay', { models: ['1'] });
    await test.send({ payload: eventWith([]) });
    assert.deepEqual(test.calls, []);
  });

  it('finds a model by its name', async () => {
    await test.deploy('misp-decay', { models: [model.name] });
    answerAsMisp(asked);
    await test.send({ payload: eventWith([attribute(1)]) });
    assert.deepEqual(test.calls, ['GET /decayingModel/index', 'POST /attributes/restSearch']);
    assert.deepEqual((test.recorder.calls[1].body as { decayingModel: unknown }).decayingModel, ['1']);
  });

  it('scores what a MISP has, so that a filter can keep what is still of value', async () => {
    await test.deploy('misp-decay', { models: ['1'] });
    const uuids = [...test.misp.events.values()][0].Attribute.map(({ uuid }) => uuid);
    const attributes = uuids.map((uuid): Attribute => ({ uuid, type: 'domain' }));
    const payload = { Event: { id: '1', Attribute: attributes, _AttributeFlattened: attributes } };
    await test.send({ payload });
    assert.equal(typeof attributes[0].decay_score?.[0].score, 'number');
    attributes[1].decay_score = [{ score: 1, decayed: true }];
    const selector = 'Event._AttributeFlattened.{n}';
    const filter = { selector, path: 'decay_score.{n}.decayed', operator: 'in', value: '0' };
    const kept = valuesOf(getMatchingItemsForAttributes(filter, payload));
    assert.ok(kept.length > 0 && !kept.includes(attributes[1]));
  });

  it('says which model MISP does not have', async () => {
    await test.deploy('misp-decay', { models: ['Phishing'] });
    answerAsMisp(asked);
    assert.match(await test.fail({ payload: eventWith([attribute(1)]) }), /no decaying model Phishing/);
  });

  it('says that a message names no event', async () => {
    await test.deploy('misp-decay', { models: ['1'] });
    assert.match(await test.fail({ payload: { Event: { _AttributeFlattened: [] } } }), /names no event/);
  });
});
