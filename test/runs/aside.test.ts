import { strict as assert } from 'node:assert';
import { Aside } from '../../src/runs/aside';
import { Reception } from '../../src/runs/reception';
import type { Run } from '../../src/runs/run';

const run = { loopLimit: 3, hasLoop: false } as Run;
const at = (id: string, parent?: Reception) =>
  new Reception(run, { id, type: 'function' }, parent, {} as never, false, {});

/** Whether an object can be reached by what another one holds. */
function holds(from: object, target: object): boolean {
  const seen = new Set<unknown>([from]);
  for (const one of seen) {
    if (one === target) return true;
    if (typeof one === 'object' && one !== null) for (const value of Object.values(one)) seen.add(value);
  }
  return false;
}

describe('a message behind a concurrent node', () => {
  it('keeps nothing of its run, which may be long over', () => {
    const reception = at('b', at('a'));
    assert.ok(holds(reception, run));
    const aside = Aside.of(reception).goTo('c').goTo('d');
    assert.ok(!holds(aside, run));
    assert.ok(!holds(aside, reception));
  });

  it('goes on with the way that it came in the run, and with its limit', () => {
    let reception = at('a');
    for (let i = 0; i < 2; i++) reception = at('a', reception);
    assert.equal(Aside.of(reception).goTo('b').isLoop(), false);
    assert.equal(Aside.of(reception).goTo('a').isLoop(), true);
  });

  it('is back where it was when a node sends again what it has sent', () => {
    const sender = Aside.of(at('a')).goTo('b');
    for (let i = 0; i < 10; i++) {
      const sent = sender.goTo('c').backAt('b');
      assert.equal(sent.nodeId, 'b');
      assert.equal(sent.goTo('c').isLoop(), false);
    }
  });

  it('that comes from no run may pass a node a thousand times', () => {
    let aside = Aside.of(undefined);
    for (let i = 0; i < 1000; i++) {
      aside = aside.goTo('a');
      assert.equal(aside.isLoop(), false);
    }
    assert.equal(aside.goTo('a').isLoop(), true);
  });
});
