import { strict as assert } from 'node:assert';
import { RUN_CAUSES, type Alert, type RunCause } from '../../src/alerts/alert';
import { RunAlerts } from '../../src/alerts/run-alerts';
import { sentenceOf } from '../../src/alerts/sentence';
import { hideAll, type Hide } from '../../src/history/hidden';
import type { Entry, Happening } from '../../src/runs/journal';
import type { Verdict } from '../../src/runs/verdict';
import { words } from '../../src/text';

const trigger = { id: 't', type: 'misp-trigger', label: 'the gate' };
const entry = (run: string, happening: Happening, node = trigger): Entry => ({
  ...happening,
  ...{ run, at: 1000, node },
});
const received = (run: string, more: object = {}) =>
  entry(run, {
    ...{ what: 'received', trigger: 'event-publish', module: 'm', blocking: true, test: false },
    about: { id: '7', info: 'Harbor' },
    ...more,
  });
const answered = (run: string, verdict: Verdict) => entry(run, { what: 'answered', verdict });
const failed = (run: string, problem = 'no answer') =>
  entry(run, { what: 'failed', problem, counts: true }, { id: 'n', type: 'function', label: 'lookup' });
const ended = (run: string) => entry(run, { what: 'ended', known: true });

describe('what of runs is told', () => {
  let told: Alert[] = [];
  beforeEach(() => (told = []));
  const alerts = (
    wants: readonly RunCause[] = RUN_CAUSES,
    hideOf: (run: string) => Hide | undefined = () => undefined,
  ) =>
    new RunAlerts(
      (cause) => wants.includes(cause),
      hideOf,
      (alert) => told.push(alert),
    );
  const causes = () => told.map(({ cause }) => cause);

  it('is each verdict that is no decision to go on', () => {
    const { sink } = alerts();
    const verdicts: [Verdict, RunCause | undefined][] = [
      [{ outcome: 'allow', cause: 'response' }, undefined],
      [{ outcome: 'allow', cause: 'ended' }, undefined],
      [{ outcome: 'allow', cause: 'accepted' }, undefined],
      [{ outcome: 'block', cause: 'response', reason: 'red' }, 'blocked'],
      [{ outcome: 'block', cause: 'deadline' }, 'deadline'],
      [{ outcome: 'allow', cause: 'deadline' }, 'deadline'],
      [{ outcome: 'block', cause: 'unanswered' }, 'policy'],
      [{ outcome: 'allow', cause: 'error' }, 'policy'],
      [{ outcome: 'block', cause: 'gone' }, 'policy'],
      [{ outcome: 'block', cause: 'lost' }, 'lost'],
    ];
    for (const [verdict, cause] of verdicts) {
      told = [];
      sink(received('a'));
      sink(answered('a', verdict));
      assert.deepEqual(causes(), cause ? [cause] : [], verdict.cause);
      if (cause) assert.equal(told[0].outcome, verdict.outcome);
    }
  });

  it('is the first failure of a run, and not once more that its policy answered', () => {
    const { sink } = alerts();
    sink(received('a'));
    for (const problem of ['first', 'second']) sink(failed('a', problem));
    sink(answered('a', { outcome: 'block', cause: 'error', reason: 'first' }));
    assert.deepEqual(causes(), ['failed']);
    assert.deepEqual([told[0].node?.id, told[0].of, told[0].reason, told[0].run], ['n', 't', 'first', 'a']);
  });

  it('is that the policy answered where failures are not told', () => {
    const { sink } = alerts(['policy']);
    sink(received('a'));
    sink(failed('a'));
    sink(answered('a', { outcome: 'allow', cause: 'error', reason: 'no answer' }));
    assert.deepEqual(causes(), ['policy']);
  });

  it('is nothing of test runs and replays, nor of runs that are not known', () => {
    const { sink } = alerts();
    sink(received('test', { test: true }));
    sink(received('replay', { replay: '' }));
    for (const run of ['test', 'replay', 'unknown']) {
      sink(failed(run));
      sink(answered(run, { outcome: 'block', cause: 'response' }));
    }
    assert.deepEqual(causes(), []);
  });

  it('says nothing of what is hidden, from the beginning or from later on', () => {
    const hides = new Map<string, Hide>([['a', hideAll]]);
    const { sink } = alerts(RUN_CAUSES, (run) => hides.get(run));
    sink(received('a'));
    sink(received('b'));
    hides.delete('a');
    hides.set('b', (text) => text.replaceAll('sentinel', '(hidden)'));
    sink(failed('a', 'sentinel'));
    sink(failed('b', 'the sentinel'));
    assert.deepEqual(
      told.map(({ reason, about }) => [reason, about?.info]),
      [
        ['(hidden)', '(hidden)'],
        ['the (hidden)', 'Harbor'],
      ],
    );
  });

  it('takes bounded memory, and gives a run up with its end', () => {
    const some = alerts();
    for (let run = 0; run < 6000; run++) some.sink(received(String(run)));
    assert.equal(some.size, 5000);
    for (let run = 0; run < 6000; run++) some.sink(ended(String(run)));
    assert.equal(some.size, 0);
    some.sink(received('long'));
    some.sink(failed('long', 'x'.repeat(1_000_000)));
    assert.ok(words(told[0].reason).length < 1100);
  });

  it('is a sentence in which nothing that came from MISP stands for something else', () => {
    const about = { id: '7', info: '__reason__ $t(name) <b>{{ x }}</b> __sentence__' };
    const alert: Alert = {
      ...{ cause: 'blocked', at: 1, of: 't', node: trigger, run: 'a', about },
      ...{ trigger: 'event-publish', module: 'm', reason: 'because of __trigger__' },
    };
    assert.equal(
      words(sentenceOf(alert, 2)),
      'The flow of event-publish (m) stopped MISP: because of __trigger__ [event 7: __reason__ $t(name) ' +
        '<b>{{ x }}</b> __sentence__] (not told since the last message: 2 more of these)',
    );
  });
});
