import { strict as assert } from 'node:assert';
import { credentials, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
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

  it('is counted for messages that a function makes anew and sends later, too', async () => {
    const func = "global.get('count')('a'); setTimeout(() => node.send({ payload: 1 }), 1);";
    const log = collectLog(nodeRed.RED);
    await ask(
      trigger(['a'], { goOn: 'ended', loopLimit: 20 }),
      node('a', 'function', [['b']], { func, outputs: 1 }),
      counter('b', ['a']),
    );
    await until(() => /A loop/.test(log.text()));
    log.stop();
    assert.equal(counts.get('a'), 20);
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

  describe('behind a concurrent node', () => {
    const aside = (to: string[]) => node('aside', 'misp-concurrent', [to]);
    let log: ReturnType<typeof collectLog>;
    beforeEach(() => (log = collectLog(nodeRed.RED)));
    afterEach(() => log.stop());
    const stopped = () => until(() => /A loop/.test(log.text()));
    const soon = () => new Promise((resolve) => setTimeout(resolve, 100));

    it('ends with an error at the node; MISP has gone on', async () => {
      const { error } = await ask(trigger(['aside'], { goOn: 'ended' }), aside(['c']), counter('c', ['c']));
      assert.equal(error, undefined);
      await stopped();
      await soon();
      assert.equal(counts.get('c'), 1000);
      assert.match(log.text(), /A loop: .*function.*1000 times/);
    });

    it('may be as long as its trigger says', async () => {
      await ask(trigger(['aside'], { goOn: 'ended', loopLimit: 7 }), aside(['c']), counter('c', ['c']));
      await stopped();
      await soon();
      assert.equal(counts.get('c'), 7);
    });

    it('is one if it leads through the concurrent node, again and again', async () => {
      await ask(trigger(['c'], { goOn: 'ended', loopLimit: 30 }), counter('c', ['aside']), aside(['c']));
      await stopped();
      await soon();
      assert.equal(counts.get('c'), 30);
    });

    it('is counted for new messages of a function, also those that it sends later', async () => {
      const func = "global.get('count')('c'); setTimeout(() => node.send({ payload: 1 }), 1);";
      await ask(
        trigger(['aside'], { goOn: 'ended', loopLimit: 20 }),
        aside(['c']),
        node('c', 'function', [['d']], { func, outputs: 1 }),
        counter('d', ['c']),
      );
      await stopped();
      await soon();
      assert.equal(counts.get('c'), 20);
    });

    it('is caught once, and is over even if the Catch node leads back into it', async () => {
      await ask(
        trigger(['aside'], { goOn: 'ended', loopLimit: 50 }),
        aside(['c']),
        counter('c', ['c']),
        node('catch', 'catch', [['caught']], { scope: ['c'] }),
        catcher(['c']),
      );
      await stopped();
      await soon();
      assert.equal(errors.length, 1);
      assert.equal(counts.get('c'), 50);
    });

    it('that a status node closes is one', async () => {
      const func = "global.get('count')('c'); node.status({ text: String(Math.random()) });";
      await ask(
        trigger(['aside'], { goOn: 'ended', loopLimit: 40 }),
        aside(['c']),
        node('c', 'function', [[]], { func, outputs: 1 }),
        node('status', 'status', [['d']], { scope: ['c'] }),
        counter('d', ['c']),
      );
      await stopped();
      await soon();
      assert.equal(counts.get('c'), 40);
    });

    it('is none if a node gets many messages: a split of 5,000, a function that sends 5,000 times', async () => {
      const list = 'msg.payload = Array.from({ length: 5000 }, (_, i) => i); return msg;';
      const sends = 'for (let i = 0; i < 5000; i++) node.send(msg);';
      await ask(
        trigger(['aside'], { goOn: 'ended' }),
        aside(['list', 'sends']),
        node('list', 'function', [['split']], { func: list, outputs: 1 }),
        node('split', 'split', [['a']], { arraySplt: 1, arraySpltType: 'len' }),
        node('sends', 'function', [['b']], { func: sends, outputs: 1 }),
        counter('a', []),
        counter('b', []),
      );
      await until(() => counts.get('a') === 5000 && counts.get('b') === 5000, 20_000);
      assert.doesNotMatch(log.text(), /A loop/);
    });

    it('fails no run, although one is at the same node at that moment', async () => {
      const func = `global.get('count')('c');
        if (msg.req !== 'loop') { setTimeout(() => { node.done(); }, 500); return; }
        node.send(msg); node.done();`;
      const { error } = await ask(
        trigger(['aside', 'c'], { goOn: 'ended', loopLimit: 30 }),
        aside(['mark']),
        node('mark', 'function', [['c']], { func: "msg.req = 'loop'; return msg;", outputs: 1 }),
        node('c', 'function', [['c2']], { func, outputs: 1 }),
        node('c2', 'function', [['c']], { func: 'return msg;', outputs: 1 }),
      );
      assert.match(log.text(), /A loop/);
      assert.equal(error, undefined);
      assert.equal(counts.get('c'), 31);
    });

    it('is stopped while MISP is answered, and slows no other run', async () => {
      await ask(
        trigger(['aside', 'allow'], {}),
        aside(['c', 'd']),
        counter('c', ['d']),
        counter('d', ['c']),
        node('allow', 'misp-response', [], { answer: 'allow' }),
      );
      const start = performance.now();
      const { error } = (await query(port, 'test_module', event([]))).json;
      assert.equal(error, undefined);
      assert.ok(performance.now() - start < 3000);
      await stopped();
      // Each of the two runs has loops of its own: what is told later belongs to this test too.
      for (let before = ''; before !== JSON.stringify([...counts]);) {
        before = JSON.stringify([...counts]);
        await soon();
      }
    });

    it('is no loop where the run passed the node often, and the branch did not', async () => {
      const func = 'msg.n = (msg.n ?? 0) + 1; return msg.n < 20 ? [msg, null] : [null, msg];';
      const { error } = await ask(
        trigger(['r'], { goOn: 'ended', loopLimit: 25 }),
        node('r', 'function', [['r'], ['aside']], { func, outputs: 2 }),
        aside(['x']),
        counter('x', ['y']),
        counter('y', []),
      );
      assert.equal(error, undefined);
      await until(() => counts.get('y') === 1);
      await soon();
      assert.doesNotMatch(log.text(), /A loop/);
    });
  });

  it('is not counted where another trigger than one of MISP began', async () => {
    const func = "msg.n = (msg.n ?? 0) + 1; global.get('count')('i'); return msg.n < 1500 ? msg : null;";
    await ask(
      trigger([]),
      node('inject', 'inject', [['i']], {
        once: true,
        onceDelay: 0.1,
        props: [{ p: 'payload' }],
        repeat: '',
      }),
      node('i', 'function', [['i']], { func, outputs: 1 }),
    );
    await until(() => counts.get('i') === 1500);
  });
});
