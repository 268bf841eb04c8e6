import assert from 'node:assert/strict';
import { hashed } from '../../src/listener/credentials';
import { credentialCheck } from '../../src/listener/thread/callers';

const access = { user: 'misp', password: 'with:colon' };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const wrong = [
  undefined,
  '',
  'Basic',
  'Bearer x',
  basic('misp'),
  basic('misp:with'),
  basic('other:with:colon'),
];

describe('callers', () => {
  it('are known by name when their credentials are right', async () => {
    for (const known of [access, await hashed(access)]) {
      const check = credentialCheck(known);
      assert.deepEqual(await check(basic('misp:with:colon'), '192.0.2.1'), { ok: true, name: 'misp' });
      for (const header of wrong) assert.deepEqual(await check(header, '192.0.2.1'), { ok: false });
      // What is known costs no second hash.
      assert.deepEqual(check(basic('misp:with:colon'), '192.0.2.1'), { ok: true, name: 'misp' });
    }
  });

  it('of several are told apart, each by its own password, without a second hash when all have come in', async () => {
    const list = [access, { user: 'partner', password: 'other' }, { user: 'third', password: 'third' }];
    for (const known of [list, await hashed(list)]) {
      const check = credentialCheck(known);
      for (const { user, password } of list)
        assert.deepEqual(await check(basic(`${user}:${password}`), '192.0.2.1'), { ok: true, name: user });
      for (const header of [...wrong, basic('partner:third'), basic('misp:other'), basic('partner:')])
        assert.deepEqual(check(header, '192.0.2.1'), { ok: false });
      assert.deepEqual(check(basic('partner:other'), '192.0.2.2'), { ok: true, name: 'partner' });
    }
  });

  it('of several that are known by hashes are told apart before all have come in', async () => {
    const check = credentialCheck(await hashed([access, { user: 'partner', password: 'other' }]));
    assert.deepEqual(await check(basic('partner:other'), '192.0.2.1'), { ok: true, name: 'partner' });
    assert.deepEqual(await check(basic('partner:wrong'), '192.0.2.1'), { ok: false });
    assert.deepEqual(await check(basic('misp:with:colon'), '192.0.2.1'), { ok: true, name: 'misp' });
  });

  it('are all let in, without a name, where no credentials are asked for', () => {
    for (const known of ['open', 'lost'] as const) {
      assert.deepEqual(credentialCheck(known)(undefined, '192.0.2.1'), { ok: true, name: '' });
    }
  });

  it('are refused beside the thread: many wrong passwords from one address cost four hashes at a time', async () => {
    const check = credentialCheck(await hashed(access));
    const answers = Array.from({ length: 20 }, (_, n) => check(basic(`misp:${n}`), '192.0.2.1'));
    assert.equal(answers.filter((answer) => answer instanceof Promise).length, 4);
    for (const answer of answers) assert.deepEqual(await answer, { ok: false });
  });
});
