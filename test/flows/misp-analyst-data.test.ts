import { strict as assert } from 'node:assert';
import { MispNodeTest } from '../support/misp-node';
import { eventOf, isWriting, planOf, resultOf } from '../support/planned';

const RELATED = '11111111-2222-4333-8444-555555555555';

describe('misp-analyst-data', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());
  beforeEach(() => {
    test.misp.collections.analystData.length = 0;
    test.misp.version = '2.5.1';
    test.clear();
  });

  it('writes a note on the event, filled in and framed as MISP takes it', async () => {
    await test.deploy('misp-analyst-data', {
      ...{
        note: ' Checked: {{ Event.info }} ',
        language: 'en',
        author: 'soc@example.org',
        distribution: '1',
      },
    });
    const payload = eventOf(test.misp, '2');
    const before = structuredClone(payload);
    const [message] = await test.send({ payload });
    const { uuid, info } = payload.Event;
    const [{ operation, state }] = resultOf(message).operations;
    assert.equal(state, 'done');
    const note = `Checked: ${String(info)}`;
    const fields = { distribution: '1', authors: 'soc@example.org', note, language: 'en' };
    assert.deepEqual(operation, {
      ...{ do: 'add-analyst-data', kind: 'Note', target: 'Event', items: [{ id: '2', uuid }], fields },
    });
    const [call] = test.recorder.calls.filter(isWriting);
    assert.equal(call.path, `/analystData/add/Note/${String(uuid)}/Event`);
    assert.deepEqual(call.body, {
      Note: { ...fields, object_type: 'Event', object_uuid: uuid },
    });
    assert.deepEqual(message.payload, before, 'the event goes on as it came');
  });

  it('writes opinions on the attributes that the filter leaves, objects and reports', async () => {
    const payload = eventOf(test.misp, '2');
    const [first] = payload.Event._AttributeFlattened ?? [];
    const filter = {
      ...{ selector: 'Event._AttributeFlattened.{n}', value: String(first.id) },
      ...{ operator: 'equals', path: 'id' },
    };
    await test.deploy('misp-analyst-data', {
      ...{ kind: 'Opinion', target: 'Attribute', opinion: '{{ 5 * 15 }}', comment: 'by a flow', filter },
    });
    await test.send({ payload });
    const [row] = test.misp.collections.analystData;
    assert.deepEqual(
      [row.object_uuid, row.object_type, row.opinion, row.comment],
      [first.uuid, 'Attribute', '75', 'by a flow'],
    );
    const event = {
      ...payload.Event,
      Object: [1, 2].map((id) => ({ id: String(id), uuid: `00000000-0000-4000-8000-00000000000${id}` })),
      EventReport: [{ id: '9', uuid: RELATED, content: 'x', name: 'y' }],
    };
    for (const [target, count] of [
      ['Object', 2],
      ['EventReport', 1],
    ] as const) {
      await test.deploy('misp-analyst-data', { target, note: 'x', dryRun: true });
      const [planned] = await test.send({ payload: { Event: structuredClone(event) } });
      const [operation] = planOf(planned) as unknown as { items: object[] }[];
      assert.equal(operation.items.length, count, target);
    }
  });

  it('writes a relationship, whose uuid a template gives', async () => {
    await test.deploy('misp-analyst-data', {
      ...{ kind: 'Relationship', relationshipType: 'follows', relatedUuid: '{{ wanted }}' },
      relatedType: 'Organisation',
    });
    const payload = { ...eventOf(test.misp, '2'), wanted: RELATED };
    await test.send({ payload });
    const [row] = test.misp.collections.analystData;
    assert.deepEqual(
      [row.relationship_type, row.related_object_type, row.related_object_uuid],
      ['follows', 'Organisation', RELATED],
    );
  });

  const WRONG: [what: string, settings: object, problem: RegExp][] = [
    ['an empty note', { note: '{{ nothing }}' }, /The note is empty/],
    ['a note of 1 MB', { note: '{{ long }}' }, /has \d+ characters; MISP keeps up to 65535/],
    ['a language that is none', { note: 'x', language: '<b>en</b>' }, /is not a language/],
    ['an opinion of 101', { kind: 'Opinion', opinion: '101' }, /101 is no opinion/],
    ['an opinion of -1', { kind: 'Opinion', opinion: '-1' }, /-1 is no opinion/],
    ['an opinion in words', { kind: 'Opinion', opinion: '{{ Event.info }}' }, /is no opinion/],
    [
      'a uuid that is none',
      { kind: 'Relationship', relatedUuid: '../../events/delete/2' },
      /is not a uuid\. Give the uuid of what/,
    ],
    ['too much', { target: 'Attribute', note: 'x', most: 1 }, /the node allows 1\. Set a filter/],
  ];
  for (const [what, settings, problem] of WRONG) {
    it(`refuses ${what}, and writes nothing`, async () => {
      await test.deploy('misp-analyst-data', { ...settings });
      const payload = { ...eventOf(test.misp, '2'), long: 'x'.repeat(1_000_000) };
      const attributes = payload.Event._AttributeFlattened ?? [];
      assert.ok(attributes.length > 1);
      assert.match(await test.fail({ payload }), problem);
      assert.deepEqual(test.recorder.calls.filter(isWriting), []);
    });
  }

  it('keeps what an attacker wrote as text, and forms no other path of it', async () => {
    const info = '<script>alert(1)</script> {{ 7 * 7 }} __proto__ \u0000 ../..';
    await test.deploy('misp-analyst-data', { note: '{{ Event.info }}' });
    const payload = eventOf(test.misp, '2');
    payload.Event.info = info;
    await test.send({ payload });
    assert.equal(test.misp.collections.analystData[0].note, info);
    test.clear();
    payload.Event.uuid = '../../admin/users/delete/1';
    assert.match(await test.fail({ payload }), /has no uuid/);
    assert.deepEqual(test.recorder.calls.filter(isWriting), []);
  });

  it('says what MISP says where inheriting the distribution is refused', async () => {
    test.misp.version = '2.5.37';
    await test.deploy('misp-analyst-data', { note: 'x', distribution: '5' });
    assert.match(await test.fail({ payload: eventOf(test.misp, '2') }), /distribution/);
    assert.equal(test.misp.collections.analystData.length, 0);
  });

  it('says which permission the role lacks', async () => {
    await test.deploy('misp-analyst-data', { note: 'x', key: READER });
    assert.match(await test.fail({ payload: eventOf(test.misp, '2') }), /perm_analyst_data/);
  });
});

/** Of a user whose role has no analyst data. */
const READER = 'readerreaderreaderreaderreaderreaderread';
