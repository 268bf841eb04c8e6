import { strict as assert } from 'node:assert';
import { fits } from '../../src/replay/fits';
import { KeptMessages } from '../../src/replay/kept-messages';
import { soon } from '../support/soon';

const where = { from: 'a', port: 0, to: 'b', at: 0 };

describe('the data between nodes', () => {
  it('is kept for the runs that were asked for, as it was', () => {
    const kept = new KeptMessages();
    const payload = { Event: { info: 'before' } };
    kept.keep('r', where, payload, 'event-publish');
    assert.deepEqual(kept.of('r'), []);
    kept.begin('r');
    kept.keep('r', where, payload, 'event-publish');
    payload.Event.info = 'after';
    kept.keep('r', where, payload, 'event-publish');
    assert.deepEqual(
      kept.of('r').map(({ json }) => json),
      ['{"Event":{"info":"before"}}', '{"Event":{"info":"after"}}'],
    );
  });

  it('has no secrets', () => {
    const kept = new KeptMessages();
    kept.begin('r');
    kept.keep(
      'r',
      where,
      { User: { email: 'a@b.c', password: 'hunter2', authkey: 'k'.repeat(40) } },
      'user-after-save',
    );
    kept.keep('r', where, { Log: { change: 'authkey () => (SENTINEL)' } }, 'log-after-save');
    const text = JSON.stringify(kept.of('r'));
    assert.match(text, /a@b\.c/);
    assert.doesNotMatch(text, /hunter2|kkk|SENTINEL/);
  });

  it('stays within its bounds, and what is too large is named', () => {
    const kept = new KeptMessages({ bytes: 20_000, messageBytes: 5000, messages: 10 });
    for (let run = 0; run < 20; run++) {
      kept.begin(`r${run}`);
      for (let i = 0; i < 20; i++) kept.keep(`r${run}`, where, { text: `${i}`.repeat(1000) }, '');
    }
    const bytes = Array.from({ length: 20 }, (_, run) => JSON.stringify(kept.of(`r${run}`)).length);
    assert.ok(bytes.reduce((sum, one) => sum + one, 0) < 30_000, String(bytes));
    assert.equal(kept.of('r0').length, 0);
    assert.ok(kept.of('r19').length > 0 && kept.of('r19').length <= 10);
    kept.begin('large');
    kept.keep('large', where, 'x'.repeat(6000), '');
    assert.deepEqual(kept.of('large'), [where]);
  });

  it('keeps what many nodes pass on once', () => {
    const kept = new KeptMessages({ bytes: 10_000, messageBytes: 5000, messages: 100 });
    kept.begin('r');
    for (let i = 0; i < 20; i++) kept.keep('r', where, { text: 'x'.repeat(4000) }, '');
    assert.equal(kept.of('r').length, 20);
  });

  it('takes whatever a flow puts into a message', () => {
    const kept = new KeptMessages();
    kept.begin('r');
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    const hostile = Object.defineProperty({}, 'x', {
      enumerable: true,
      get() {
        throw new Error('no');
      },
    });
    for (const payload of [undefined, null, loop, hostile, 1n, () => 1, new Map(), Buffer.alloc(10)])
      kept.keep('r', where, payload, '');
    assert.equal(kept.of('r').length, 8);
  });

  it('is measured without looking at all of it', async () => {
    assert.equal(fits({ a: 'x'.repeat(10) }, 100), true);
    assert.equal(fits({ a: 'x'.repeat(200) }, 100), false);
    assert.equal(fits(Buffer.alloc(1000), 1000), false);
    const many = Array.from({ length: 1_000_000 }, () => ({}));
    await soon(100, () => assert.equal(fits(many, 1000), false));
  });
});
