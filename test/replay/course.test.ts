import { strict as assert } from 'node:assert';
import type { RunRecord, Step } from '../../src/history/record';
import { courseOf, differences } from '../../src/replay/course';

const at = 0;
const node = (id: string) => ({ id, type: 'misp-if-tag', label: `the ${id}` });
const decided = (id: string, way: string): Step => ({ node: node(id), at, what: 'decided', way, found: '' });
const planned = (id: string, tag: string): Step => ({
  ...{ node: node(id), at, what: 'planned', dryRun: true, more: 0 },
  operations: [{ do: 'tag', with: `{"tags":["${tag}"]}` }],
});
const record = (more: Partial<RunRecord>): RunRecord => ({
  ...{ run: 'r', trigger: 'event-publish', module: 'm', node: node('trigger'), blocking: true, test: false },
  ...{ at, failed: false, steps: [], more: 0 },
  ...more,
});

describe('what a replay did otherwise', () => {
  it('is nothing when it went the same way', () => {
    const was = record({ outcome: 'allow', steps: [decided('if', 'then'), planned('tag', 'tlp:red')] });
    assert.deepEqual(differences(courseOf(was), { ...was, test: true, at: 99, waited: 3 }), []);
  });

  it('is told node by node, in order where a node comes several times', () => {
    const was = record({
      outcome: 'block',
      reason: 'no',
      steps: [decided('if', 'then'), decided('if', 'else'), planned('tag', 'tlp:red')],
    });
    const now = record({ outcome: 'allow', steps: [decided('if', 'then'), decided('if', 'then')] });
    assert.deepEqual(differences(courseOf(was), now), [
      { node: { id: 'if', label: 'the if' }, what: 'decided', was: 'else', is: 'then' },
      {
        node: { id: 'tag', label: 'the tag' },
        what: 'planned',
        was: 'tag {"tags":["tlp:red"]}',
        is: undefined,
      },
      { what: 'answer', was: 'block: no', is: 'allow' },
    ]);
  });

  it('counts the outputs of nodes that say nothing of themselves, and leaves out what was done', () => {
    const way = (port: number) => ({
      nodes: ['trigger', 'switch'],
      wires: [['switch', port, 'go'] as [string, number, string]],
    });
    const did: Step = { node: node('tag'), at, what: 'did', operations: [], more: 0 };
    const was = record({ way: way(0), steps: [did] });
    assert.deepEqual(differences(courseOf(was), record({ way: way(1) })), [
      { node: { id: 'switch', label: 'switch' }, what: 'passed', was: '1', is: '2' },
    ]);
  });

  it('has no answer where MISP did not wait, and no reason where none is expected', () => {
    const was = record({ blocking: false, outcome: 'allow', cause: 'accepted' });
    assert.deepEqual(differences(courseOf(was), record({ blocking: false, outcome: 'block' })), []);
    assert.deepEqual(differences({ outcome: 'block' }, record({ outcome: 'block', reason: 'whatever' })), []);
    assert.equal(
      differences({ outcome: 'block', reason: '' }, record({ outcome: 'block', reason: 'x' })).length,
      1,
    );
  });
});
