import { strict as assert } from 'node:assert';
import { Run, type RunSettings } from '../../src/runs/run';
import { blockText, replyBody, type Verdict } from '../../src/runs/verdict';

function start(more: Partial<RunSettings> = {}) {
  const verdicts: Verdict[] = [];
  const settings: RunSettings = {
    id: 'r',
    module: 'm',
    deadline: 0,
    onError: 'block',
    onDeadline: 'block',
    explicit: false,
    ...more,
  };
  return { run: new Run(settings, (verdict) => verdicts.push(verdict)), verdicts };
}

describe('a run', () => {
  it('allows when all its paths have ended, not before', () => {
    const { run, verdicts } = start();
    run.delivering('a');
    run.delivering('b');
    run.received('a');
    run.completed('a');
    run.settle();
    assert.equal(verdicts.length, 0);
    run.received('b');
    run.completed('b');
    run.settle();
    assert.deepEqual(verdicts, [{ outcome: 'allow', cause: 'ended' }]);
  });

  it('counts a node that calls done twice once', () => {
    const { run, verdicts } = start();
    run.delivering('a');
    run.delivering('b');
    run.received('a');
    run.completed('a');
    run.completed('a');
    run.settle();
    assert.equal(verdicts.length, 0);
  });

  it('blocks at once, and gives one verdict only', () => {
    const { run, verdicts } = start();
    run.delivering('a');
    run.block('no');
    run.fail('later');
    run.expire();
    run.allow([], true);
    assert.deepEqual(verdicts, [{ outcome: 'block', cause: 'response', reason: 'no' }]);
  });

  it('an allow ends only its own path', () => {
    const { run, verdicts } = start();
    run.received('response');
    run.delivering('b');
    run.allow([], false);
    run.completed('response');
    run.settle();
    assert.equal(verdicts.length, 0);
    run.received('b');
    run.block('no');
    assert.equal(verdicts[0].outcome, 'block');
  });

  it('an allow at once does not wait', () => {
    const { run, verdicts } = start();
    run.delivering('b');
    run.allow([], true);
    assert.deepEqual(verdicts, [{ outcome: 'allow', cause: 'response' }]);
  });

  it('an error decides by policy: block at once, allow only when nothing can block any more', () => {
    const blocked = start();
    blocked.run.received('a');
    blocked.run.fail('a: broken');
    assert.deepEqual(blocked.verdicts, [{ outcome: 'block', cause: 'error', reason: 'a: broken' }]);
    const { run, verdicts } = start({ onError: 'allow' });
    run.received('a');
    run.delivering('b');
    run.fail('a: broken');
    run.completed('a');
    run.settle();
    assert.equal(verdicts.length, 0);
    run.received('b');
    run.completed('b');
    run.settle();
    assert.deepEqual(verdicts, [{ outcome: 'allow', cause: 'error', reason: 'a: broken' }]);
  });

  it('waits for an explicit answer when a node is not to be trusted, and for the one on its path', () => {
    const { run, verdicts } = start();
    run.received('x');
    run.hold('x');
    run.completed('x');
    run.settle();
    run.allow([], false);
    run.settle();
    assert.equal(verdicts.length, 0);
    run.allow(['x'], false);
    run.settle();
    assert.deepEqual(verdicts, [{ outcome: 'allow', cause: 'response' }]);
  });

  it('requires an explicit answer when told to', () => {
    const { run, verdicts } = start({ explicit: true });
    run.received('a');
    run.completed('a');
    run.settle();
    assert.equal(verdicts.length, 0);
    run.expire();
    assert.equal(verdicts[0].cause, 'deadline');
    assert.match(verdicts[0].reason ?? '', /explicit answer/);
  });

  it('answers by policy at the deadline and when its flow is gone', () => {
    const expired = start({ onDeadline: 'allow' });
    expired.run.received('a');
    expired.run.expire();
    assert.equal(expired.verdicts[0].outcome, 'allow');
    const gone = start();
    gone.run.abandon();
    assert.equal(gone.verdicts[0].outcome, 'block');
  });
});

describe('what MISP is told', () => {
  it('never is a text that MISP takes for a go-ahead', () => {
    for (const text of ['', ' ', '0', ' 0 ', 'false', undefined, null, 0, false, {}]) {
      assert.equal(blockText(text), 'Stopped by a Node-RED workflow');
    }
    assert.equal(blockText(' tlp:red '), 'tlp:red');
    assert.deepEqual(replyBody({ outcome: 'block', cause: 'response', reason: '0' }), {
      error: 'Stopped by a Node-RED workflow',
    });
    assert.deepEqual(replyBody({ outcome: 'allow', cause: 'error', reason: 'x' }), { data: true });
  });
});
