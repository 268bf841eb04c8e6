import { strict as assert } from 'node:assert';
import { ByteRing } from '../../src/history/byte-ring';
import { KeptInputs } from '../../src/history/kept-inputs';
import { KeptRequest } from '../../src/triggers/last-request';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const textOf = (ring: ByteRing, name: string) => {
  const found = ring.get(name);
  return found && Buffer.from(found).toString();
};

describe('bytes that are kept in one block', () => {
  it('are the latest ones, whole', () => {
    const ring = new ByteRing(10);
    for (const text of ['aaaa', 'bbbb', 'cc', 'dddd']) assert.ok(ring.put(text[0], bytes(text)));
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((name) => textOf(ring, name)),
      [undefined, 'bbbb', 'cc', 'dddd'],
    );
  });

  it('are never mixed, however sizes come and whatever is forgotten: against a plain list', () => {
    const capacity = 1000;
    const ring = new ByteRing(capacity);
    const plain = new Map<string, string>();
    let seed = 42;
    const random = (most: number) => (seed = (seed * 48_271) % 0x7fffffff) % most;
    for (let round = 0; round < 20_000; round++) {
      const name = `n${random(300)}`;
      if (random(4) === 0) {
        ring.forget(name);
        plain.delete(name);
      } else {
        const text = String.fromCharCode(97 + random(26)).repeat(1 + random(random(20) === 0 ? 990 : 60));
        assert.ok(ring.put(name, bytes(text)));
        plain.delete(name);
        plain.set(name, text);
      }
      // What the ring has is right, it has the latest of all, and all that it has fits.
      const kept = [...plain].filter(([one]) => ring.sizeOf(one) !== undefined);
      for (const [one, text] of kept.slice(-3)) assert.equal(textOf(ring, one), text);
      assert.equal(kept.length, ring.count);
      assert.ok(kept.reduce((sum, [, { length }]) => sum + length, 0) <= capacity);
      const latest = [...plain.keys()].at(-1);
      if (latest !== undefined && round % 4 === 3) assert.ok(ring.count > 0 || plain.size === 0);
    }
    for (const [name, text] of plain) if (ring.sizeOf(name)) assert.equal(textOf(ring, name), text);
  });

  it('are gone when they are forgotten: no byte is left in the block', () => {
    const ring = new ByteRing(100);
    ring.put('a', bytes('sentinel'));
    ring.put('b', bytes('other'));
    ring.forget('a');
    assert.equal(ring.get('a'), undefined);
    const { block } = ring as unknown as { block: Uint8Array };
    assert.doesNotMatch(Buffer.from(block).toString(), /sentinel/);
    assert.match(Buffer.from(block).toString(), /other/);
  });

  it('are copies: neither who gave them nor who reads them changes them', () => {
    const ring = new ByteRing(100);
    const given = bytes('first');
    ring.put('a', given);
    given.fill(0);
    ring.get('a')?.fill(0);
    assert.equal(textOf(ring, 'a'), 'first');
  });

  it('are not kept if they do not fit at all, or if there are none', () => {
    const ring = new ByteRing(4);
    assert.deepEqual([ring.put('a', bytes('aaaaa')), ring.put('b', bytes(''))], [false, false]);
    assert.equal(ring.count, 0);
  });

  it('are what runs began with, and are read as that', () => {
    const inputs = new KeptInputs();
    for (let run = 0; run < 500; run++) {
      const text = bytes(JSON.stringify({ module: 'm', data: { value: `${run} `.repeat(10_000) } }));
      const request = KeptRequest.of({ bytes: text, flattenedCut: false }, 'event-publish', false);
      inputs.keep(String(run), request as KeptRequest);
    }
    const { value } = inputs.get('300')?.read().data as { value: string };
    assert.equal(value, '300 '.repeat(10_000));
    inputs.forget('300');
    assert.deepEqual([inputs.get('300'), inputs.sizeOf('300')], [undefined, undefined]);
  });
});
