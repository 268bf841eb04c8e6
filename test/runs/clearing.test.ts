import { strict as assert } from 'node:assert';
import { Reception, type TrackedNode } from '../../src/runs/reception';
import { Run } from '../../src/runs/run';
import { words, WorkflowError } from '../../src/text';
import type { Verdict } from '../../src/runs/verdict';
import { Waiter, type WaiterSettings } from '../../src/runs/waiter';

const later = () => new Promise((resolve) => setImmediate(resolve));

/** A run whose message was allowed at once; the clearing ends as the test says. */
async function clearing(more: Partial<WaiterSettings> = {}) {
  const verdicts: Verdict[] = [];
  const signals: AbortSignal[] = [];
  let cleared!: () => void;
  let failed!: (error: unknown) => void;
  const clear = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<void>((resolve, reject) => ([cleared, failed] = [resolve, reject]));
  };
  const settings: WaiterSettings = {
    ...{ module: 'm', deadline: Date.now() + 5000, onError: 'block', onDeadline: 'block', goOn: 'response' },
    clear,
    ...more,
  };
  const run = new Run('r', { ended: () => undefined });
  const waiter = new Waiter(run, settings, (verdict) => void verdicts.push(verdict));
  const node: TrackedNode = { id: 'n', type: 'n', _wireCount: 1, _expectedDoneCount: 1, _inputCallback() {} };
  const reception = new Reception(run, node, undefined, { completion: 'done', decides: true }, true, {});
  run.received(reception);
  waiter.allow(reception, true);
  await later();
  const told = () => verdicts.map(({ outcome, cause }) => `${outcome} ${cause}`);
  return {
    run,
    waiter,
    reception,
    signals,
    cleared: () => cleared(),
    failed: (e: unknown) => failed(e),
    told,
    verdicts,
  };
}

describe('a run that clears before it lets MISP go on', () => {
  it('has its verdict when that is done, and not before', async () => {
    const { waiter, cleared, told, signals } = await clearing();
    assert.equal(waiter.isOver, false, 'MISP still waits: it may ask about our own calls');
    assert.deepEqual(told(), []);
    cleared();
    await later();
    assert.deepEqual(told(), ['allow response']);
    assert.equal(signals.length, 1);
  });

  it('clears once, whatever else is allowed', async () => {
    const { run, waiter, reception, cleared, told, signals } = await clearing();
    waiter.allow(reception, true);
    run.completed(reception);
    await later();
    cleared();
    await later();
    assert.deepEqual(told(), ['allow response']);
    assert.equal(signals.length, 1);
  });

  it('is as deaf to what fails or ends meanwhile as if it had its verdict', async () => {
    const { run, waiter, reception, cleared, told } = await clearing();
    waiter.fail('broken');
    reception.finished = true;
    run.completed(reception);
    await later();
    assert.deepEqual(told(), []);
    cleared();
    await later();
    assert.deepEqual(told(), ['allow response']);
  });

  it('blocks with the reason if it fails, by a fault of ours too', async () => {
    for (const error of [
      new WorkflowError('clearance.noEvent'),
      new TypeError('x is not a function'),
      'no',
    ]) {
      const { failed, verdicts, told } = await clearing();
      failed(error);
      await later();
      assert.deepEqual(told(), ['block uncleared']);
      assert.match(
        words(verdicts[0].reason ?? ''),
        /could not be cleared for it: (MISP did not|x is not|no)/,
      );
    }
  });

  const ENDS: [name: string, end: (waiter: Waiter) => void, told: string[]][] = [
    ['a response blocks', (waiter) => waiter.block('no'), ['block response']],
    ['the service has answered', (waiter) => waiter.expire(), ['block deadline']],
    ['a redeploy ends it', (waiter) => waiter.abandon(), ['block gone']],
    ['MISP hangs up', (waiter) => waiter.hangUp(), ['allow lost']],
    ['it is asked anew', (waiter) => waiter.giveUp(), []],
  ];
  for (const [name, end, wanted] of ENDS) {
    it(`is given up if ${name}; what comes of it then means nothing`, async () => {
      const { waiter, cleared, signals, told } = await clearing({ onDeadline: 'allow' });
      end(waiter);
      assert.deepEqual(told(), wanted);
      assert.ok(signals[0].aborted);
      cleared();
      await later();
      assert.deepEqual(told(), wanted);
    });
  }

  it('does not begin when nobody waits any more, or there is no time left', async () => {
    const { signals, verdicts, told } = await clearing({ deadline: Date.now() + 100 });
    await later();
    assert.deepEqual(told(), ['block uncleared']);
    assert.match(words(verdicts[0].reason ?? ''), /no time left before the deadline/);
    assert.equal(signals.length, 0);
  });
});
