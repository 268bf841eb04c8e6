import { strict as assert } from 'node:assert';
import type { Node } from 'node-red';
import { inShort, NodeStatus } from '../../nodes/node-status';

interface Line {
  fill?: string;
  text?: string;
}

function start(id = String(Math.random())) {
  const lines: Line[] = [];
  const node = { id, status: (line: Line) => void lines.push(line) } as unknown as Node;
  const text = (key: string, params?: Record<string, unknown>) =>
    key === 'status.test' ? `test: ${String(params?.status)}` : key.replace('status.', '');
  const status = new NodeStatus(node, text);
  return { status, lines, shown: () => lines.at(-1)?.text };
}

describe('the status of a node', () => {
  it('shows what is worst, and what is left when its cause is gone', () => {
    const { status, shown } = start();
    status.show('connection', 'ready', 'green');
    status.show('last', 'allowed', 'green');
    assert.equal(shown(), 'allowed');
    status.show('connection', 'refused', 'red');
    status.show('last', 'allowed again', 'green');
    assert.equal(shown(), 'refused');
    status.show('setup', 'no tags', 'yellow');
    assert.equal(shown(), 'refused');
    status.show('connection', 'ready', 'green');
    assert.equal(shown(), 'no tags');
    status.show('setup');
    assert.equal(shown(), 'allowed again');
  });

  it('shows what is wrong with the set-up before what happened', () => {
    const { status, shown } = start();
    status.show('last', 'blocked', 'red');
    status.show('setup', 'broken', 'red');
    assert.equal(shown(), 'broken');
  });

  it('says of a test run that it is one, unless other messages are worked on too', () => {
    const { status, shown } = start();
    const test = { misp: { test: true } };
    const end = status.receive(test);
    status.show('last', 'would do 1', 'blue');
    assert.equal(shown(), 'test: would do 1');
    const endOther = status.receive({});
    status.show('last', 'done', 'green');
    assert.equal(shown(), 'done');
    end();
    endOther();
    status.show('last', 'later', 'green');
    assert.equal(shown(), 'later');
  });

  it('sends nothing that the editor has, and not more than some a second where much comes', async () => {
    const { status, lines } = start();
    status.show('last', 'done', 'green');
    status.show('last', 'done', 'green');
    assert.equal(lines.length, 1);
    for (let i = 0; i < 1000; i++) status.showSoon('last', i % 2 ? 'then' : 'else');
    assert.ok(lines.length <= 3, String(lines.length));
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal(lines.at(-1)?.text, 'then');
  });

  it('is cleared when its node is deployed anew and starts well', () => {
    const before = start('same');
    before.status.show('setup', 'broken', 'red');
    before.status.close();
    const { status, lines } = start('same');
    status.begin();
    assert.deepEqual(lines, [{}]);
    const other = start('other');
    other.status.begin();
    assert.deepEqual(other.lines, []);
  });

  it('is one line of the first sentence', () => {
    assert.equal(inShort('No password. Type it again.'), 'No password');
    assert.equal(inShort('MISP 2.4.1 has no tag PAP'), 'MISP 2.4.1 has no tag PAP');
    assert.equal(inShort('See https://misp.example/x. Then go on'), 'See https://misp.example/x');
    assert.equal(inShort('a\nb'), 'a');
  });
});
