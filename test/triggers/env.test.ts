import { strict as assert } from 'node:assert';
import { envOf } from '../../src/triggers/env';

describe('What MISP sends for its templates', () => {
  it('stands in the data, or beside it', () => {
    const _env = { baseurl: 'https://misp.example' };
    assert.deepEqual(envOf({ data: { Event: {}, _env } }), _env);
    assert.deepEqual(envOf({ ...{ data: { Event: {} } }, ...{ _env } }), _env);
    for (const none of [undefined, null, [], 'x', 5])
      assert.equal(envOf({ data: { _env: none } }), undefined);
    for (const data of [undefined, null, [], 'x']) assert.equal(envOf({ data }), undefined);
  });

  it('is a copy without keys and passwords, at any depth', () => {
    const given = {
      ...{ vt_api_key: 'k1', SMTP_PASSWORD: 'k2', mytoken: 'k3', reason: 'audit' },
      misp_module_results: { score: 7, user: { authkey: 'k4', name: 'a' } },
    };
    const kept = envOf({ data: { _env: given } });
    assert.deepEqual(kept, { reason: 'audit', misp_module_results: { score: 7, user: { name: 'a' } } });
    assert.equal(given.misp_module_results.user.authkey, 'k4');
  });

  it('is bounded: what is too large is left out, and the rest is not', () => {
    const many = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`v${index}`, 'x'.repeat(50)]),
    );
    const kept = envOf({ data: { _env: { huge: 'x'.repeat(1_000_000), baseurl: 'b', ...many } } }) ?? {};
    assert.equal(kept.baseurl, 'b');
    assert.equal('huge' in kept, false);
    assert.ok(JSON.stringify(kept).length < 100_000);
  });
});
