import { strict as assert } from 'node:assert';
import { mock } from 'node:test';
import { Reception, type TrackedNode } from '../../src/runs/reception';
import type { Traits } from '../../src/runs/traits';
import { Run } from '../../src/runs/run';
import { blockText, replyBody, type Verdict } from '../../src/runs/verdict';
import { words } from '../../src/text';
import { Waiter, type WaiterSettings } from '../../src/runs/waiter';

const DONE: Traits = { completion: 'done', decides: false };

function start(more: Partial<WaiterSettings> = {}) {
  const verdicts: Verdict[] = [];
  const ends: boolean[] = [];
  let quiet = 0;
  const settings: WaiterSettings = {
    module: 'm',
    deadline: 0,
    onError: 'block',
    onDeadline: 'block',
    goOn: 'ended',
    ...more,
  };
  const run = new Run('r', { quiet: () => void quiet++, ended: (known) => void ends.push(known) });
  const waiter = new Waiter(run, settings, (verdict) => void verdicts.push(verdict));
  return { run, waiter, verdicts, ends, quiet: () => quiet };
}

const nodeOf = (id: string, more: Partial<TrackedNode> = {}): TrackedNode => ({
  id,
  type: id,
  _wireCount: 1,
  _expectedDoneCount: 1,
  _inputCallback: () => {},
  ...more,
});

interface At {
  traits?: Traits;
  node?: TrackedNode;
  mayBlock?: boolean;
  parent?: Reception;
}

/** A node gets a message of the run. */
function receive(
  run: Run,
  id: string,
  { traits = DONE, node = nodeOf(id), mayBlock = true, parent }: At = {},
) {
  const reception = new Reception(run, node, parent, traits, mayBlock, {});
  run.received(reception);
  return reception;
}

/** It has finished with it; by default it has passed it on. */
function complete(reception: Reception, passedOn = true) {
  if (passedOn) reception.noteSent();
  reception.finished = true;
  reception.run.completed(reception);
}

const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const UNKNOWN: Traits = { completion: 'unknown', decides: false };

describe('a run', () => {
  it('allows when all its paths have ended, not before', async () => {
    const { run, verdicts, ends } = start();
    run.delivering(nodeOf('a'), true);
    run.delivering(nodeOf('b'), true);
    complete(receive(run, 'a'));
    await settled();
    assert.equal(verdicts.length, 0);
    complete(receive(run, 'b'));
    await settled();
    await settled();
    assert.deepEqual(verdicts, [{ outcome: 'allow', cause: 'ended' }]);
    assert.deepEqual(ends, [true]);
  });

  it('blocks at once, and gives one verdict only', () => {
    const { run, waiter, verdicts } = start();
    const at = receive(run, 'a');
    waiter.block('no');
    waiter.fail('later');
    waiter.expire();
    waiter.allow(at, true);
    assert.deepEqual(verdicts, [{ outcome: 'block', cause: 'response', reason: 'no' }]);
  });

  it('an allow ends only its own path', async () => {
    const { run, waiter, verdicts } = start({ goOn: 'response' });
    const response = receive(run, 'response', { mayBlock: false });
    run.delivering(nodeOf('b'), true);
    waiter.allow(response, false);
    complete(response);
    await settled();
    assert.equal(verdicts.length, 0);
    waiter.block('no');
    assert.equal(verdicts[0].outcome, 'block');
  });

  it('an allow at once does not wait', () => {
    const { run, waiter, verdicts } = start();
    run.delivering(nodeOf('b'), true);
    waiter.allow(receive(run, 'response'), true);
    assert.deepEqual(verdicts, [{ outcome: 'allow', cause: 'response' }]);
  });

  it('with a response that decides, does not wait for what cannot block', async () => {
    const { run, waiter, verdicts } = start({ goOn: 'response' });
    receive(run, 'mail', { mayBlock: false });
    const response = receive(run, 'response', { mayBlock: false });
    waiter.allow(response, false);
    complete(response);
    await settled();
    assert.deepEqual(verdicts, [{ outcome: 'allow', cause: 'response' }]);
  });

  it('an error decides by policy: block at once, allow only when nothing can block any more', async () => {
    const blocked = start();
    receive(blocked.run, 'a');
    blocked.waiter.fail('a: broken');
    assert.deepEqual(blocked.verdicts, [{ outcome: 'block', cause: 'error', reason: 'a: broken' }]);
    const { run, waiter, verdicts } = start({ onError: 'allow' });
    const a = receive(run, 'a');
    run.delivering(nodeOf('b'), true);
    a.noteFailed();
    waiter.fail('a: broken');
    complete(a, false);
    await settled();
    assert.equal(verdicts.length, 0);
    complete(receive(run, 'b'));
    await settled();
    assert.deepEqual(verdicts, [{ outcome: 'allow', cause: 'error', reason: 'a: broken' }]);
  });

  it('waits behind a node that nobody can trust for an answer to each message that it got', async () => {
    const { run, waiter, verdicts } = start();
    const [first, second] = [1, 2].map(() => receive(run, 'x', { traits: UNKNOWN }));
    [first, second].forEach((at) => complete(at));
    waiter.allow(receive(run, 'elsewhere', { mayBlock: false }), false);
    const answers = [first, second].map((parent) => receive(run, 'response', { mayBlock: false, parent }));
    waiter.allow(answers[0], false);
    [...answers].forEach((at) => complete(at));
    await settled();
    assert.equal(verdicts.length, 0);
    waiter.allow(answers[1], false);
    await settled();
    assert.equal(verdicts.length, 0, 'one is still at work elsewhere');
    waiter.expire();
    assert.match(words(verdicts[0].reason ?? ''), /still at: elsewhere/);
  });

  it('waits for two answers where two messages come, and for the end of the node itself', async () => {
    const { run, waiter, verdicts } = start({ goOn: 'response' });
    const twice = receive(run, 'trigger', { traits: { ...UNKNOWN, sends: 2 } });
    const answer = () => {
      const response = receive(run, 'response', { mayBlock: false, parent: twice });
      waiter.allow(response, false);
      complete(response);
    };
    answer();
    complete(twice);
    await settled();
    assert.equal(verdicts.length, 0);
    answer();
    await settled();
    assert.deepEqual(verdicts, [{ outcome: 'allow', cause: 'response' }]);
  });

  it('takes a message that vanished for no answer, and says at once where', async () => {
    const { run, verdicts } = start();
    complete(receive(run, 'rbe', { node: nodeOf('rbe', { name: 'Once' }) }), false);
    await settled();
    assert.deepEqual(
      verdicts.map(({ outcome, cause }) => [outcome, cause]),
      [['block', 'unanswered']],
    );
    assert.match(words(verdicts[0].reason ?? ''), /ended at rbe "Once" without an answer/);
    const patient = start({ onDeadline: 'allow' });
    complete(receive(patient.run, 'rbe'), false);
    await settled();
    assert.equal(patient.verdicts.length, 0);
    patient.waiter.expire();
    assert.equal(patient.verdicts[0].outcome, 'allow');
  });

  it('loses no message that a node decided about, that cannot block, or that went nowhere by the drawing', async () => {
    const decides: Traits = { completion: 'done', decides: true };
    const kinds: At[] = [{ traits: decides }, { mayBlock: false }, { node: nodeOf('a', { _wireCount: 0 }) }];
    for (const kind of kinds) {
      const { run, verdicts } = start();
      complete(receive(run, 'a', kind), false);
      await settled();
      assert.deepEqual(verdicts, [{ outcome: 'allow', cause: 'ended' }]);
    }
  });

  it('loses a message at a switch that warned, and at a node that could not be set up', async () => {
    const queue: Traits = { completion: 'queue', decides: true };
    const { run, verdicts } = start();
    const at = receive(run, 'switch', { traits: queue });
    at.warned = true;
    complete(at, false);
    await settled();
    assert.equal(verdicts[0].cause, 'unanswered');
    const broken = start();
    complete(receive(broken.run, 'f', { node: nodeOf('f', { _inputCallback: undefined }) }), false);
    await settled();
    assert.equal(broken.verdicts[0].cause, 'unanswered');
  });

  it('finds a message again that was sent after its node had finished', async () => {
    const { run, verdicts } = start();
    const at = receive(run, 'trigger');
    complete(at, false);
    at.noteSent();
    complete(receive(run, 'b', { parent: at }));
    await settled();
    assert.equal(verdicts[0].outcome, 'allow');
  });

  it('lets a group of messages pass as one', async () => {
    const { run, verdicts } = start();
    const traits: Traits = { completion: 'done', decides: false, groups: true };
    const parts = ['p', 'p', 'q'].map((id) => {
      const at = receive(run, 'join', { traits });
      at.group = run.groupAt('join', id);
      return at;
    });
    complete(parts[1], true);
    complete(parts[0], false);
    await settled();
    assert.equal(verdicts.length, 0);
    complete(parts[2], false);
    await settled();
    assert.equal(verdicts[0].cause, 'unanswered');
  });

  it('requires an answer when a response decides: missing, it blocks at once', async () => {
    const { run, verdicts } = start({ goOn: 'response' });
    complete(receive(run, 'a'));
    await settled();
    assert.equal(verdicts[0].cause, 'unanswered');
    assert.match(words(verdicts[0].reason ?? ''), /ended at a without an answer/);
  });

  it('answers by policy at the deadline and when its flow is gone', () => {
    const expired = start({ onDeadline: 'allow' });
    receive(expired.run, 'a');
    expired.waiter.expire();
    assert.equal(expired.verdicts[0].outcome, 'allow');
    const gone = start();
    gone.waiter.abandon();
    assert.equal(gone.verdicts[0].outcome, 'block');
  });

  it('names at the deadline whom it waited for', () => {
    const held = start();
    complete(receive(held.run, 'function', { traits: UNKNOWN }));
    held.waiter.expire();
    assert.match(words(held.verdicts[0].reason ?? ''), /explicit answer behind: function/);
  });

  it('is followed to its end when it was accepted, or has its answer', async () => {
    for (const answer of ['accept', 'block'] as const) {
      const { run, waiter, verdicts, ends, quiet } = start();
      if (answer === 'accept') waiter.accept();
      else waiter.block('no');
      const at = receive(run, 'a');
      await settled();
      assert.deepEqual([quiet(), ends], [0, []]);
      complete(at);
      await settled();
      assert.deepEqual([verdicts.length, quiet(), ends], [1, 1, [true]]);
    }
  });

  it('ends some time after the last message at a node that does not say when it has finished', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { run, waiter, ends, quiet } = start();
      waiter.accept();
      complete(receive(run, 'old', { traits: UNKNOWN, mayBlock: false }));
      await settled();
      assert.deepEqual([quiet(), ends], [1, []]);
      mock.timers.tick(50_000);
      complete(receive(run, 'b'));
      await settled();
      mock.timers.tick(50_000);
      assert.deepEqual(ends, []);
      mock.timers.tick(10_000);
      assert.deepEqual([quiet(), ends], [1, [false]]);
    } finally {
      mock.timers.reset();
    }
  });

  it('ends in the end where a node never finishes', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { run, waiter, ends } = start();
      receive(run, 'stuck');
      waiter.block('no');
      await settled();
      mock.timers.tick(10 * 60_000);
      assert.deepEqual(ends, [false]);
    } finally {
      mock.timers.reset();
    }
  });
});

describe('what MISP is told', () => {
  it('never is a text that MISP takes for a go-ahead', () => {
    for (const text of ['', ' ', '0', ' 0 ', 'false', undefined, null, 0, false, {}]) {
      assert.equal(blockText(text), 'Execution stopped');
    }
    assert.equal(blockText(' tlp:red '), 'tlp:red');
    assert.deepEqual(replyBody({ outcome: 'block', cause: 'response', reason: '0' }), {
      error: 'Execution stopped',
    });
    assert.deepEqual(replyBody({ outcome: 'allow', cause: 'error', reason: 'x' }), { data: true });
  });
});
