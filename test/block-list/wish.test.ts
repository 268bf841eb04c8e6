import assert from 'node:assert/strict';
import { Listed } from '../../src/block-list/listed';
import { blockOf, readSaved, savedText } from '../../src/block-list/saved';
import { wishOf, type ListChange, type Rules } from '../../src/block-list/wish';

const NOW = 1_800_000_000;
const RULES: Rules = {
  types: new Set(['ip-dst', 'domain', 'domain|ip']),
  onlyIds: true,
  exceptWarned: true,
  leastScore: 0,
  removal: new Set(['firewall:never']),
  onlyLocal: true,
};
const uuidOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const attribute = (number: number, value: string, more: object = {}) => ({
  ...{ uuid: uuidOf(number), type: 'domain', value, to_ids: true, timestamp: String(NOW - number) },
  ...more,
});
const wish = (data: unknown, change: ListChange = 'update', rules: Partial<Rules> = {}) =>
  wishOf(data, data, change, { ...RULES, ...rules }, () => true, NOW);

/** A list to which messages come one after another. */
function list() {
  const listed = new Listed();
  return {
    take(data: unknown, change: ListChange = 'update', rules: Partial<Rules> = {}) {
      const delta = listed.delta(wish(data, change, rules));
      listed.apply(delta);
      assert.equal(listed.size, [...listed.values()].length);
      return { added: delta.added, removed: delta.removed };
    },
    get values() {
      return [...listed.values()];
    },
    listed,
  };
}

describe('what attributes want of a block list', () => {
  it('is on it: of the types, with the flag, not deleted, not on a warninglist', () => {
    const { put } = wish([
      attribute(1, 'good.example'),
      attribute(2, 'no-flag.example', { to_ids: '0' }),
      attribute(3, 'deleted.example', { deleted: '1' }),
      attribute(4, 'warned.example', { warnings: [{ warninglist_id: '1' }] }),
      attribute(5, 'type.example', { type: 'hostname' }),
      attribute(6, 'no value'),
    ]);
    assert.deepEqual(
      [...put.values()].flatMap(({ values }) => values),
      ['good.example'],
    );
  });

  it('is what has not faded', () => {
    const scored = (number: number, ...scores: number[]) =>
      attribute(number, `s${number}.example`, { decay_score: scores.map((score) => ({ score })) });
    const { put } = wish([scored(1, 10, 20), scored(2, 10, 60), scored(3)], 'update', { leastScore: 50 });
    assert.deepEqual([...put.keys()], [uuidOf(2), uuidOf(3)]);
  });

  it('comes from events in every shape, and from what is no event not at all', () => {
    const event = { Event: { id: '1', info: 'x', Attribute: [attribute(1, 'a.example')] } };
    const inObject = { Event: { id: '1', info: 'x', Object: [{ Attribute: [attribute(2, 'b.example')] }] } };
    for (const data of [event, [event], { response: [event] }]) assert.equal(wish(data).put.size, 1);
    assert.equal(wish([event, inObject, attribute(3, 'c.example')]).put.size, 3);
    assert.equal(wish([event, inObject]).put.size, 2);
    assert.equal(wish([]).put.size, 0);
    for (const data of ['a.example', 7, null, {}, [1]]) assert.throws(() => wish(data), JSON.stringify(data));
    assert.throws(() => wish({ Event: { id: '1', info: 'x', attribute_count: '5' } }));
  });

  it('never has a time that is still to come', () => {
    const { put } = wish([
      attribute(1, 'a.example', { timestamp: '99999999999' }),
      attribute(2, 'b.example'),
    ]);
    assert.deepEqual(
      [...put.values()].map(({ at }) => at),
      [NOW, NOW - 2],
    );
  });
});

describe('what a block list is kept from', () => {
  it('keeps a value as long as one attribute lists it', () => {
    const fw = list();
    assert.deepEqual(fw.take([attribute(1, 'a.example')]).added, ['a.example']);
    assert.deepEqual(fw.take([attribute(2, 'a.example')]).added, []);
    assert.deepEqual(fw.take([attribute(1, 'a.example', { to_ids: false })]).removed, []);
    assert.deepEqual(fw.take([attribute(2, 'a.example', { deleted: true })]).removed, ['a.example']);
  });

  it('follows an attribute whose value changes', () => {
    const fw = list();
    fw.take([attribute(1, 'a.example')]);
    assert.deepEqual(fw.take([attribute(1, 'b.example')]), { added: ['b.example'], removed: ['a.example'] });
  });

  it('replaces, and takes off', () => {
    const fw = list();
    fw.take([attribute(1, 'a.example'), attribute(2, 'b.example|192.0.2.1', { type: 'domain|ip' })]);
    assert.deepEqual(fw.take([attribute(3, 'b.example')], 'replace').removed, ['a.example', '192.0.2.1']);
    assert.deepEqual(fw.take([attribute(3, 'whatever')], 'remove').removed, ['b.example']);
  });

  it('keeps off what a local tag takes off, whoever lists it, until the tag is gone', () => {
    const tagged = (local: boolean) => ({ Tag: [{ name: 'firewall:never', local }] });
    const fw = list();
    fw.take([attribute(1, 'a.example'), attribute(2, 'a.example')]);
    assert.deepEqual(fw.take([attribute(2, 'a.example', tagged(false))]).removed, []);
    assert.deepEqual(fw.take([attribute(2, 'a.example', tagged(true))]).removed, ['a.example']);
    assert.deepEqual(fw.take([attribute(3, 'a.example')]).added, []);
    assert.deepEqual(fw.take([attribute(2, 'a.example')]).added, ['a.example']);
    const { removed } = fw.take([attribute(1, 'a.example', tagged(false))], 'update', { onlyLocal: false });
    assert.deepEqual(removed, ['a.example']);
  });

  it('takes off what is older, and keeps off what a tag keeps off', () => {
    const fw = list();
    const tag = { Tag: [{ name: 'firewall:never', local: true }] };
    fw.take([attribute(5, 'old.example'), attribute(1, 'new.example'), attribute(9, 'off.example', tag)]);
    const delta = fw.listed.expired(NOW - 3);
    assert.deepEqual(delta.removed, ['old.example']);
    fw.listed.apply(delta);
    assert.deepEqual(fw.take([attribute(2, 'off.example')]).added, []);
  });

  it('does not mind keys and values that mean something to JavaScript', () => {
    const fw = list();
    fw.take([{ uuid: '__proto__', type: 'domain', value: 'constructor.example', to_ids: 1 }]);
    assert.deepEqual(fw.values, ['constructor.example']);
    assert.deepEqual(fw.take([{ uuid: 'a\nb\tc', type: '__proto__', value: 'x', to_ids: 1 }]).added, []);
  });

  it('is saved and read again as it was; a damaged file is no list', () => {
    const fw = list();
    const tag = { Tag: [{ name: 'firewall:never', local: true }] };
    fw.take([attribute(1, 'a.example|192.0.2.1', { type: 'domain|ip' }), attribute(2, 'b.example', tag)]);
    const text = savedText(fw.listed.sources, 5);
    const { serial, sources } = readSaved(text) ?? { serial: 0, sources: [] };
    assert.equal(serial, 5);
    assert.deepEqual([...sources], [...fw.listed.sources]);
    for (const damaged of [text.slice(0, -3), text.slice(3), '', '{}\n', 'null\n', '\0'.repeat(50)])
      assert.equal(readSaved(damaged), undefined);
    const spoilt = text.replace('192.0.2.1', '0.0.0.0/0').replace('b.example', 'b.example;x');
    assert.deepEqual(
      [...(readSaved(spoilt)?.sources ?? [])].map(([, { values }]) => values),
      [['a.example']],
    );
  });

  it('takes from a file what was written behind it, up to the last change that is there whole', () => {
    const source = (value: string) => ({ at: NOW, values: [value] });
    const base = savedText(
      new Map([1, 2].map((number) => [uuidOf(number), source(`v${number}.example`)])),
      5,
    );
    const more = blockOf([[uuidOf(1), undefined] as const, [uuidOf(3), source('v3.example')] as const], 6);
    const valuesIn = (text: string) =>
      [...(readSaved(text)?.sources ?? [])].flatMap(([, { values }]) => values).sort();
    assert.deepEqual(valuesIn(base + more), ['v2.example', 'v3.example']);
    assert.deepEqual([readSaved(base + more)?.serial, readSaved(base + more)?.goesOn], [6, true]);
    for (let length = 1; length < more.length; length++) {
      const torn = base + more.slice(0, length);
      assert.deepEqual(valuesIn(torn), ['v1.example', 'v2.example'], torn);
      assert.deepEqual([readSaved(torn)?.serial, readSaved(torn)?.goesOn], [5, false]);
    }
  });

  it('takes a file of before, in which the line about the list came first', () => {
    const text = `{"version":1,"serial":7}\n${uuidOf(1)}\t${NOW}\t+\ta.example\n${uuidOf(2)}\t${NOW}\t-\tb.example\n`;
    const { serial, sources, goesOn } = readSaved(text) ?? {};
    assert.deepEqual([serial, goesOn], [7, false], 'the next change writes it anew');
    assert.deepEqual(
      [...(sources ?? [])],
      [
        [uuidOf(1), { at: NOW, values: ['a.example'] }],
        [uuidOf(2), { at: NOW, values: ['b.example'], off: true }],
      ],
    );
    assert.equal(readSaved(text.slice(0, -2)), undefined);
  });
});
