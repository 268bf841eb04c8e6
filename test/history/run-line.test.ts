import { strict as assert } from 'node:assert';
import type { RunRecord } from '../../src/history/record';
import { isOrdinary, isOver, runLine } from '../../src/history/run-line';
import { words } from '../../src/text';

const record = (more: Partial<RunRecord> = {}): RunRecord => ({
  ...{ run: 'r1', trigger: 'event-publish', module: 'm', blocking: true, test: false, at: 1, failed: false },
  node: { id: 't', type: 'misp-trigger', label: 'gate' },
  ...{ steps: [], more: 0, outcome: 'allow', cause: 'response', waited: 12 },
  about: { id: '7', info: 'sentinel-info' },
  ...more,
});

describe('the line of a run in the log', () => {
  it('says what came of it, and nothing of the event but its id', () => {
    assert.equal(
      words(runLine(record({ outcome: 'block', reason: 'sentinel-reason', failed: true }))),
      'Run r1 of event-publish (m), event 7: MISP was told to stop (response) after 12 ms; a node failed',
    );
    assert.match(words(runLine(record({ about: undefined }))), /event -: MISP was told to go on/);
  });

  it('is ordinary where a decision let MISP go on', () => {
    for (const cause of ['response', 'ended', 'accepted'] as const) assert.ok(isOrdinary(record({ cause })));
    for (const cause of ['error', 'unanswered', 'deadline', 'gone', 'lost'] as const)
      assert.ok(!isOrdinary(record({ cause })));
    assert.ok(!isOrdinary(record({ outcome: 'block' })));
    assert.ok(!isOrdinary(record({ failed: true })));
  });

  it('comes once: with the answer, or with the end of what MISP does not wait for; not of test runs', () => {
    const when = (more: Partial<RunRecord>) =>
      (['received', 'failed', 'answered', 'ended'] as const).filter((what) => isOver(record(more), what));
    assert.deepEqual(when({}), ['answered']);
    assert.deepEqual(when({ cause: 'accepted' }), ['ended']);
    assert.deepEqual(when({ test: true }), []);
    assert.deepEqual(when({ replay: '' }), []);
  });
});
