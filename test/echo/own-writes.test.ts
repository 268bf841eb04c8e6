import { strict as assert } from 'node:assert';
import { WRITE_NEWS } from '../../src/echo/news';
import { OwnWrites, type WriteNews } from '../../src/echo/own-writes';
import { stateOf } from '../../src/echo/state';
import { entityOf, thing, thingOf, type Thing } from '../../src/echo/things';
import { Exchange, type Told } from '../../src/news/exchange';
import attribute from '../fixtures/triggers/attribute-after-save.edit.json';
import inObject from '../fixtures/triggers/attribute-after-save.object-attribute-edit.json';
import eventSaved from '../fixtures/triggers/event-after-save.edit.json';
import objectSaved from '../fixtures/triggers/object-after-save.events-add.json';
import emptyObject from '../fixtures/triggers/object-after-save.json';
import report from '../fixtures/triggers/event-report-after-save.json';
import sighting from '../fixtures/triggers/sighting-after-save.json';
import tagged from '../fixtures/triggers/tag-attached-after-save.attribute.json';
import taggedEvent from '../fixtures/triggers/tag-attached-after-save.event.json';
import logged from '../fixtures/triggers/log-after-save.json';
import user from '../fixtures/triggers/user-after-save.edit.json';

interface Recorded {
  request: { body: { data: unknown } };
}
const dataOf = (recorded: unknown) => structuredClone((recorded as Recorded).request.body.data);
type Row = Record<string, unknown>;
const attributeIn = (data: unknown) => (data as { Event: { Attribute: Row[] } }).Event.Attribute[0];

/** The recorded request, and what MISP would have answered to the write behind it. */
function written(change: (row: Row) => void = () => undefined): { told: Thing; row: Row } {
  const data = dataOf(attribute);
  const row = structuredClone(attributeIn(data));
  change(attributeIn(data));
  return { told: thingOf('attribute-after-save', data)!, row };
}

function noted(row: Row, memory = new OwnWrites()): OwnWrites {
  const { kind, uuid, timestamp } = thing('attribute', row)!;
  memory.note({ kind, uuid, state: stateOf('attribute', row), times: [[timestamp, timestamp]] });
  return memory;
}

describe('the memory of own writes', () => {
  for (const [name, recorded] of Object.entries({ attribute, inObject })) {
    it(`knows MISP's own answer to a write in MISP's own trigger: ${name}`, () => {
      const [{ response }] = recorded.causedBy;
      const memory = noted(response.body.Attribute);
      assert.equal(memory.accounts(thingOf('attribute-after-save', dataOf(recorded))!, 'one'), true);
    });
  }

  it('knows what MISP tells of a write, once for each trigger', () => {
    const { told, row } = written();
    const memory = noted(row);
    assert.equal(memory.accounts(told, 'one'), true);
    assert.equal(memory.accounts(told, 'one'), false, 'a second save of the same is that of somebody else');
    assert.equal(memory.accounts(told, 'other'), true);
  });

  describe('shared by several Node-REDs', () => {
    /** What one tells the other hears, through text as it is sent. */
    function tells(one: OwnWrites, other: OwnWrites): void {
      const there = new Exchange();
      there.join({ ...WRITE_NEWS, hear: (news, ageMs) => other.hear(news, ageMs) });
      const here = new Exchange();
      one.shareBy(here.join({ ...WRITE_NEWS, hear: () => undefined }));
      here.sendBy((text) => there.hear(text, 0));
    }
    /** Two that hear each other. */
    function two(): [OwnWrites, OwnWrites] {
      const [a, b] = [new OwnWrites(), new OwnWrites()];
      tells(a, b);
      tells(b, a);
      return [a, b];
    }

    it('knows what another one has written, once for each trigger in all', () => {
      const [a, b] = two();
      const { told, row } = written();
      noted(row, a);
      assert.equal(b.accounts(told, 'one'), true);
      assert.equal(a.accounts(told, 'one'), false, 'the other one was told of it');
      assert.equal(a.accounts(told, 'other'), true);
      assert.equal(b.accounts(told, 'other'), false);
    });

    it('waits for what another one is writing, and not for ever for one that is dead', async () => {
      let now = 0;
      const [a, b] = [new OwnWrites(), new OwnWrites(undefined, () => now)];
      tells(a, b);
      const over = a.begin({ events: ['1'], does: new Set(['publish']) });
      assert.deepEqual([b.isWriting(['1']), b.isWriting(['2'])], [true, false]);
      assert.equal(
        b.isDoing(['1'], (operation) => operation === 'publish'),
        true,
      );
      let isKnown = false;
      const waiting = b.until(() => false, ['1'], 10_000).then(() => (isKnown = true));
      assert.equal(isKnown, false);
      over();
      await waiting;
      assert.equal(b.isWriting(['1']), false);
      a.begin({ events: [], does: new Set() });
      assert.equal(b.isWriting(['1']), true);
      now = 61_000;
      assert.equal(b.isWriting(['1']), false);
    });

    it('forgets what is older than ten minutes', () => {
      const { told, row } = written();
      const { kind, uuid, timestamp } = thing('attribute', row)!;
      const state = stateOf('attribute', row);
      const news: WriteNews = {
        news: 'noted',
        note: 'n',
        written: { kind, uuid, state, times: [[timestamp, timestamp]] },
      };
      const memory = new OwnWrites();
      memory.hear(news, 11 * 60_000);
      assert.equal(memory.accounts(told, 'one'), false);
      memory.hear(news, 9 * 60_000);
      assert.equal(memory.accounts(told, 'one'), true);
    });

    it('takes nothing else for news', () => {
      const wrong: object[] = [
        { news: 'begun', write: '1', events: null, does: [] },
        { news: 'told' },
        { news: 'noted', note: '1', written: { kind: 'event', uuid: '1', state: {}, times: [null] } },
        { news: 'noted', note: '1', written: { kind: 'event', uuid: '1', state: { Tag: {} }, times: [] } },
        ...[{ news: '__proto__' }, Object.assign(Object.create({ news: 'over' }) as object, { write: '1' })],
      ];
      for (const told of wrong)
        assert.equal(WRITE_NEWS.read(JSON.parse(JSON.stringify(told)) as Told), undefined);
    });
  });

  it('takes a new event for an echo only if a write of ours made it', () => {
    const Event = { id: '1', uuid: '11111111-2222-4333-8444-555555555555', timestamp: '5', info: 'one' };
    const told = thingOf('event-after-save-new', { Event })!;
    const note = { kind: 'event', uuid: told.uuid, state: told.state, times: [[5, 5]] } as const;
    const edited = new OwnWrites();
    edited.note(note);
    assert.equal(edited.accounts(told, 'one'), false);
    assert.equal(edited.accounts(thingOf('event-after-save', { Event })!, 'one'), true);
    const made = new OwnWrites();
    made.note({ ...note, isNew: true });
    assert.equal(made.accounts(told, 'one'), true);
  });

  it('knows two writes as two', () => {
    const { told, row } = written();
    const memory = noted(row, noted(row));
    assert.deepEqual(
      [1, 2, 3].map(() => memory.accounts(told, 'one')),
      [true, true, false],
    );
  });

  it('takes MISP at its word in other notations: what REST answers, and what a trigger tells', () => {
    const { told, row } = written();
    const asAnswered = {
      ...row,
      to_ids: '1',
      uuid: String(row.uuid).toUpperCase(),
      timestamp: Number(row.timestamp),
      sharing_group_id: null,
      Tag: (row.Tag as Row[]).map(({ name }) => ({ name: String(name).toUpperCase() })),
    };
    assert.equal(noted(asAnswered).accounts(told, 'one'), true);
  });

  const others: [string, (row: Row) => void][] = [
    ['another value', (row) => (row.value = '203.0.113.46')],
    ['another comment', (row) => (row.comment = 'by somebody else')],
    ['another flag', (row) => (row.to_ids = false)],
    ['another category', (row) => (row.category = 'Payload delivery')],
    ['one that is deleted', (row) => (row.deleted = true)],
    ['another distribution', (row) => (row.distribution = '0')],
    ['another time', (row) => (row.first_seen = '2026-11-18T06:13:00.000000+00:00')],
    ['a tag more', (row) => (row.Tag as Row[]).push({ name: 'tlp:white', local: false })],
    ['a tag less', (row) => (row.Tag as Row[]).pop()],
    ['a tag that is local', (row) => ((row.Tag as Row[])[0].local = true)],
    ['another object', (row) => (row.object_relation = 'ip')],
  ];
  for (const [name, change] of others) {
    it(`is not deceived in the same second by ${name}`, () => {
      const { told, row } = written(change);
      assert.equal(noted(row).accounts(told, 'one'), false);
    });
  }

  for (const [name, timestamp] of [
    ['a second later', 1795392337],
    ['a second before', 1795392335],
    ['no timestamp', undefined],
    ['a text', 'now'],
    ['a list', [1795392336]],
  ] as const) {
    it(`is not deceived by the same with another timestamp: ${name}`, () => {
      const { told, row } = written((changed) => (changed.timestamp = timestamp));
      assert.equal(noted(row).accounts(told, 'one'), false);
    });
  }

  it('knows long values by their fingerprint, and no other of the same length', () => {
    const long = 'x'.repeat(100_000);
    const { row } = written();
    const memory = noted({ ...row, value: long });
    assert.ok(JSON.stringify([...stateValues({ ...row, value: long })]).length < 1000);
    const told = (value: string) => thing('attribute', { ...row, value })!;
    assert.equal(memory.accounts(told(`${long.slice(1)}y`), 'one'), false);
    assert.equal(memory.accounts(told(long), 'one'), true);
  });

  it('ends: after ten minutes nothing is known', () => {
    let now = 0;
    const { told, row } = written();
    const memory = noted(row, new OwnWrites(undefined, () => now));
    now = 10 * 60_000 + 1;
    assert.equal(memory.accounts(told, 'one'), false);
    assert.equal(memory.count, 0);
  });

  it('is bounded: of 200,000 writes 10,000 are known', () => {
    const memory = new OwnWrites();
    const { row } = written();
    const state = stateOf('attribute', row);
    for (let index = 0; index < 200_000; index++) {
      memory.note({ kind: 'attribute', uuid: `u${index}`, state, times: [[1, 1]] });
    }
    assert.ok(memory.count <= 10_000);
    for (let index = 0; index < 50_000; index++) {
      memory.note({ kind: 'attribute', uuid: 'the same', state, times: [[1, 1]] });
    }
    assert.ok(memory.count <= 10_001, String(memory.count));
  });

  it('tells when a write that may matter is over, and not later than asked', async () => {
    const memory = new OwnWrites();
    const end = memory.begin({ events: ['1'], does: new Set(['publish']) });
    assert.equal(memory.isWriting(['1']), true);
    assert.equal(memory.isWriting(['2']), false);
    assert.equal(
      memory.isDoing(['1'], (name) => name === 'publish'),
      true,
    );
    let over = false;
    const waiting = memory.until(() => false, ['1'], 5000).then(() => (over = true));
    await memory.until(() => false, ['1'], 20);
    assert.equal(over, false);
    end();
    await waiting;
    const any = memory.begin({ events: [], does: new Set(['rest-call']) });
    assert.equal(memory.isWriting(['2']), true);
    any();
    assert.equal(memory.isWriting(['2']), false);
  });
});

const stateValues = (row: Row) => Object.values(stateOf('attribute', row));

describe('what a trigger tells of', () => {
  const kinds: [string, unknown, string | undefined][] = [
    ['attribute-after-save', attribute, 'attribute c28f9168-2899-4cb4-a25c-60afd9778cc7'],
    ['attribute-after-save', inObject, undefined],
    ['event-after-save', eventSaved, undefined],
    ['object-after-save', objectSaved, 'object 6d415053-9792-4e8e-aa81-350d5acfad19'],
    ['event-report-after-save', report, 'event-report 6ad9375c-21b0-4dab-b1ea-6de76ee6e628'],
    ['sighting-after-save', sighting, 'sighting c28f9168-2899-4cb4-a25c-60afd9778cc7'],
    ['tag-attached-after-save', tagged, 'attribute 9524f978-9a75-438b-a313-40f716f3c4af'],
    ['tag-attached-after-save', taggedEvent, undefined],
  ];
  for (const [trigger, recorded, entity] of kinds) {
    it(`is one thing, as MISP was recorded: ${trigger}`, () => {
      const found = thingOf(trigger, dataOf(recorded));
      assert.ok(found && !Number.isNaN(found.timestamp));
      const known = entityOf(trigger, dataOf(recorded));
      assert.equal(known, `${found.kind} ${found.uuid}`);
      if (entity) assert.equal(known, entity);
    });
  }

  it('is nothing where MISP says nothing', () => {
    assert.equal(thingOf('object-after-save', dataOf(emptyObject)), undefined);
    assert.equal(entityOf('object-after-save', dataOf(emptyObject)), undefined);
    for (const data of [undefined, null, 5, 'x', [], {}, { Event: [] }, { Event: { Attribute: 'x' } }]) {
      assert.equal(thingOf('attribute-after-save', data), undefined);
      assert.equal(entityOf('attribute-after-save', data), undefined);
    }
  });

  it('is counted by what it is about: a user, the subject of a log line', () => {
    assert.equal(entityOf('user-after-save', dataOf(user)), 'user 5');
    assert.equal(entityOf('log-after-save', dataOf(logged)), 'log Tag 146');
  });
});
