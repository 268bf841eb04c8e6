import assert from 'node:assert/strict';
import { readsOfPath } from '../../src/event/attribute-paths';
import { eventData } from '../../src/event/event-data';
import { isSet } from '../../src/event/flags';
import { listsIn } from '../../src/event/keyed-lists';
import { isSameValue } from '../../src/event/same';
import { missingFor } from '../../src/event/thin-data';
import { tagIf } from '../../src/logic/tag-if';

describe('a flag', () => {
  it('is set in four notations, and in no other', () => {
    for (const flag of [true, 1, '1', 'true']) assert.equal(isSet(flag), true, String(flag));
    for (const flag of [false, 0, '0', '', 'false', null, undefined, 'no', 2, [], {}]) {
      assert.equal(isSet(flag), false, JSON.stringify(flag));
    }
  });
});

describe('the same in another notation', () => {
  const same: [string, unknown, unknown][] = [
    ['uuid', '091B3BA9-7144', '091b3ba9-7144'],
    ['extends_uuid', 'A', 'a'],
    ['first_seen', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000000+00:00'],
    ['first_seen', '2026-01-31T12:00:00Z', '2026-01-31T13:00:00+01:00'],
    ['first_seen', '2026-01-31', '2026-01-31T00:00:00+0000'],
    ['last_seen', '2026-01-31 12:00', '2026-01-31t12:00:00z'],
    ['last_seen', null, ''],
    ['to_ids', '1', true],
    ['to_ids', 0, false],
    ['threat_level_id', 2, '2'],
    ['distribution', ' 05', '5'],
  ];
  for (const [field, a, b] of same) {
    it(`${field}: ${String(a)} and ${String(b)}`, () => assert.ok(isSameValue(field, a, b)));
  }
  const different: [string, unknown, unknown][] = [
    ['first_seen', '2026-01-31T12:00:00.000001Z', '2026-01-31T12:00:00.000002Z'],
    ['first_seen', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00+01:00'],
    ['first_seen', 'yesterday', 'today'],
    ['value', 'A', 'a'],
    ['comment', '1', '01'],
    ['to_ids', '1', false],
  ];
  for (const [field, a, b] of different) {
    it(`not ${field}: ${String(a)} and ${String(b)}`, () => assert.ok(!isSameValue(field, a, b)));
  }
});

describe('lists that PHP sent as objects', () => {
  it('are lists wherever they stand, objects stay objects', () => {
    const data = listsIn({
      a: { '2': { b: { '0': 1, '5': 2 } } },
      c: { '1': 1, x: 2 },
      d: {},
      e: { '01': 1 },
    });
    assert.deepEqual(data, { a: [{ b: [1, 2] }], c: { '1': 1, x: 2 }, d: {}, e: { '01': 1 } });
    assert.deepEqual(listsIn({ '0': 'a' }), ['a']);
    assert.equal(listsIn('text'), 'text');
  });

  it('do not depend on how deep they stand', () => {
    let deep: unknown = { '1': 'x' };
    for (let level = 0; level < 50_000; level++) deep = { a: deep };
    listsIn(deep);
  });
});

describe('what a path reads', () => {
  it('is told by its names', () => {
    assert.deepEqual(readsOfPath('Event.Tag.{n}.name'), { attributes: false, tags: true, reports: false });
    assert.equal(readsOfPath('Event._AttributeFlattened.{n}.type')?.attributes, true);
    assert.equal(readsOfPath('Event.Object.{n}[name=file].Attribute.{n}.value')?.attributes, true);
    assert.equal(readsOfPath('Event.{s}.{n}.value')?.attributes, true);
    assert.equal(readsOfPath('{s}._AttributeFlattened.{n}.type')?.attributes, true);
    assert.equal(readsOfPath('Event.info')?.attributes, false);
    for (const path of ['Log.title', 'email', '', '{n}.Event.Tag.{n}.name']) {
      assert.equal(readsOfPath(path), undefined, path);
    }
  });
});

describe("MISP's core format", () => {
  const attribute = { uuid: 'a', Tag: [], _allTags: [] };
  const core = { Event: { id: '1', Tag: [], Attribute: [attribute], _AttributeFlattened: [attribute] } };

  it('is taken as it is, without a copy', () => {
    for (const reads of [{}, { attributes: true }, { attributes: true, tags: true }]) {
      assert.equal(eventData(core, reads), core);
    }
  });

  it('is not lacking what MISP does not say there is', () => {
    assert.equal(missingFor(core, { attributes: true, tags: true }), undefined);
  });

  it('of a large event without it takes time in proportion', function () {
    this.timeout(60_000);
    const feed = (size: number) => {
      const own = (_: unknown, at: number) => ({
        uuid: `u${at}`,
        type: 'ip-dst',
        value: 'x',
        Tag: [{ name: 't' }],
      });
      return {
        Event: { info: 'x', uuid: 'u', Tag: [{ name: 'e' }], Attribute: Array.from({ length: size }, own) },
      };
    };
    const time = (size: number) => {
      const data = feed(size);
      const best = [1, 2, 3].map(() => {
        const started = performance.now();
        const view = eventData(data, { attributes: true, tags: true });
        assert.equal(tagIf({ scope: 'event_attribute', tags: ['e'], clusters: [] }, view), true);
        return performance.now() - started;
      });
      return Math.min(...best);
    };
    time(10_000);
    const [half, whole] = [time(50_000), time(100_000)];
    assert.ok(whole < 2000, `${whole} ms`);
    assert.ok(whole < half * 4 + 50, `${half} ms and ${whole} ms`);
  });
});
