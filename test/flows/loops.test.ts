import { strict as assert } from 'node:assert';
import { credentials, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

describe('a loop in a deployed flow', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const counts = new Map<string, number>();
  const errors: string[] = [];

  before(async () => {
    const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
    const caught = (message: string) => errors.push(message);
    nodeRed = await startNodeRed({ settings: { functionGlobalContext: { count, caught } } });
    port = await freePort();
  });
  after(() => nodeRed.stop());
  beforeEach(() => {
    counts.clear();
    errors.length = 0;
  });

  const counter = (name: string, to: string[]) =>
    node(name, 'function', [to], { func: `global.get('count')('${name}'); return msg;`, outputs: 1 });
  const catcher = (to: string[]) =>
    node('caught', 'function', [to], {
      func: "global.get('caught')(msg.error.message); return msg;",
      outputs: 1,
    });
  async function ask(...flow: object[]) {
    await deploy(nodeRed.RED, [tab, listener(port), ...flow] as never, credentials);
    await listening(port);
    return (await query(port, 'test_module', event([]))).json;
  }

  it('ends with an error at the node, and stops MISP', async () => {
    const { error } = await ask(trigger(['a'], { goOn: 'ended' }), counter('a', ['b']), counter('b', ['a']));
    assert.match(String(error), /A loop: .*function.*1000 times/);
    assert.equal(counts.get('a'), 1000);
  });

  it('may be shorter, by a setting of the trigger', async () => {
    await ask(
      trigger(['a'], { goOn: 'ended', loopLimit: 7 }),
      counter('a', ['b']),
      counter('b', ['a', 'c']),
      counter('c', []),
    );
    assert.equal(counts.get('a'), 7);
    assert.equal(counts.get('b'), 7);
  });

  it('is caught once, and is over even if the Catch node leads back into it', async () => {
    const { error } = await ask(
      trigger(['a'], { goOn: 'ended', loopLimit: 50 }),
      counter('a', ['a']),
      node('catch', 'catch', [['caught']], { scope: ['a'] }),
      catcher(['a']),
    );
    assert.equal(errors.length, 1);
    assert.match(errors[0], /A loop/);
    assert.equal(counts.get('a'), 50);
    assert.match(String(error), /A loop/);
  });

  it('is none if a node gets many messages: a split of 5,000', async () => {
    const list = {
      func: 'msg.list = Array.from({ length: 5000 }, (_, i) => i); msg.payload = msg.list; return msg;',
    };
    const { error } = await ask(
      trigger(['list'], { goOn: 'ended', deadline: 50 }),
      node('list', 'function', [['split']], { ...list, outputs: 1 }),
      node('split', 'split', [['a']], { arraySplt: 1, arraySpltType: 'len' }),
      counter('a', []),
    );
    assert.equal(counts.get('a'), 5000);
    assert.equal(error, undefined);
  });

  it('is not counted behind a concurrent node, where no run is', async () => {
    const func =
      "msg.n = (msg.n ?? 0) + 1; global.get('count')('c'); return msg.n < 1500 ? [msg, null] : [null, msg];";
    await ask(
      trigger(['aside'], { goOn: 'ended' }),
      node('aside', 'misp-concurrent', [['c']]),
      node('c', 'function', [['c'], []], { func, outputs: 2 }),
    );
    for (let i = 0; i < 200 && (counts.get('c') ?? 0) < 1500; i++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(counts.get('c'), 1500);
  });

  it('costs a long way no more for each hop', async () => {
    const time = async (loopLimit: number) => {
      const start = performance.now();
      await ask(trigger(['a'], { goOn: 'ended', loopLimit, deadline: 50 }), counter('a', ['a']));
      return performance.now() - start;
    };
    await time(1000);
    const [short, long] = [await time(2000), await time(16_000)];
    assert.ok(long < 30 * short, `${short.toFixed(0)} ms for 2,000, ${long.toFixed(0)} ms for 16,000`);
  });
});
