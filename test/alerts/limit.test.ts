import { strict as assert } from 'node:assert';
import { AlertLimit } from '../../src/alerts/limit';

describe('the limit of alerts', () => {
  let time = 0;
  beforeEach(() => (time = 0));
  const limit = () => new AlertLimit(1000, () => time);

  it('lets one of a kind through, counts the others, and tells their number with the next', () => {
    const alerts = limit();
    assert.equal(alerts.admit('a'), 0);
    for (const moment of [1, 500, 999]) {
      time = moment;
      assert.equal(alerts.admit('a'), undefined);
    }
    time = 1000;
    assert.equal(alerts.admit('a'), 3);
    time = 2000;
    assert.equal(alerts.admit('a'), 0);
  });

  it('lets each kind through for itself', () => {
    const alerts = limit();
    assert.deepEqual([alerts.admit('a'), alerts.admit('b'), alerts.admit('a')], [0, 0, undefined]);
  });

  it('knows a bounded number of kinds, and forgets those that were told longest ago', () => {
    const alerts = limit();
    for (let kind = 0; kind < 1000; kind++) alerts.admit(String(kind));
    time = 1000;
    assert.equal(alerts.admit('0'), 0);
    assert.equal(alerts.admit('new'), 0);
    time = 1001;
    assert.equal(alerts.admit('0'), undefined, 'told lately');
    const { size } = (alerts as unknown as { kinds: Map<string, unknown> }).kinds;
    assert.equal(size, 1000);
  });
});
