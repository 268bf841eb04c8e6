import { strict as assert } from 'node:assert';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { event, freePort, listening, query } from '../support/misp';
import { allow, block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { answeredWithin } from '../support/soon';

describe('misp-response', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const start = async (nodes: FlowNode[], more: Record<string, unknown> = {}, first = ['first']) => {
    await deploy(
      nodeRed.RED,
      [tab, listener(port), trigger(first, { deadline: 0.5, ...more }), ...nodes],
      credentials,
    );
    await listening(port);
  };
  const wait = (name: string, ms: number, next: string[]) =>
    node(name, 'delay', [next], { pauseType: 'delay', timeout: String(ms), timeoutUnits: 'milliseconds' });
  const ask = async () => query(port, 'test_module', event(['tlp:red']));

  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  after(() => nodeRed.stop());

  it('blocks with the rendered message', async () => {
    await start([block('first', 'No: {{ Event.info }} ({{ Event.Tag.0.name }})')]);
    assert.deepEqual((await ask()).json, { error: 'No: A test event (tlp:red)' });
  });

  it('replaces a message that MISP takes for a go-ahead', async () => {
    for (const message of ['', '0', 'false', '{{ Event.missing }}']) {
      await start([block('first', message)]);
      assert.deepEqual((await ask()).json, { error: 'Execution stopped' }, message);
    }
  });

  it('a block wins over an allow that came first', async () => {
    await start([allow('go'), wait('first', 100, ['stop']), block()], {}, ['go', 'first']);
    assert.deepEqual((await ask()).json, { error: 'blocked by the flow' });
  });

  it('allow at once does not wait for other paths, whose block is then an error', async () => {
    await start([allow('go', 'allow-at-once'), wait('first', 100, ['stop']), block()], {}, ['go', 'first']);
    const log = collectLog(nodeRed.RED);
    const reply = await answeredWithin(80, ask);
    assert.deepEqual(reply.json, { data: true });
    await until(() => log.lines.length > 0);
    log.stop();
    assert.match(log.text(), /misp-response: .*too late: MISP was already told to go on/);
  });

  it('an answer after the deadline is an error that a Catch node gets', async () => {
    await start([
      wait('first', 800, ['stop']),
      block(),
      node('catch', 'catch', [['seen']], { scope: ['stop'] }),
      node('seen', 'debug', [], { console: false, active: false }),
    ]);
    const reply = await ask();
    assert.match(reply.json.error ?? '', /in time/);
    let caught: { error?: { message: string } } | undefined;
    nodeRed.RED.nodes.getNode('node-seen')?.on('input', (message: typeof caught) => (caught = message));
    await until(() => caught !== undefined);
    assert.match(caught?.error?.message ?? '', /too late: MISP was already told to stop/);
  });

  it('two blocks are one answer and no error', async () => {
    const log = collectLog(nodeRed.RED);
    await start([block('first'), block('second')], {}, ['first', 'second']);
    assert.deepEqual((await ask()).json, { error: 'blocked by the flow' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    log.stop();
    assert.equal(log.text(), '');
  });

  describe("hands a result to the rest of MISP's workflow", () => {
    const result = (more: object, name = 'first') =>
      node(name, 'misp-response', [], { answer: 'allow', resultKey: 'score', ...more });
    const text = async () => (await ask()).text;

    it('under its name, as JSON that JSON cannot break', async () => {
      const cases: [object, string][] = [
        [{ result: '7', resultType: 'num' }, '7'],
        [{ result: 'payload.Event.info', resultType: 'msg' }, '"A test event"'],
        [{ result: '{"a": [1, null]}', resultType: 'json' }, '{"a":[1,null]}'],
        [{ result: 'false', resultType: 'bool' }, 'false'],
        [{ result: '","error":"x', resultType: 'str' }, '"\\",\\"error\\":\\"x"'],
        [{ result: '$count(payload.Event.Tag)', resultType: 'jsonata' }, '1'],
        [{ answer: 'allow-at-once', result: 'x', resultType: 'str' }, '"x"'],
      ];
      for (const [more, data] of cases) {
        await start([result(more)]);
        assert.equal(await text(), `{"data":${data},"result_key":"score"}`);
      }
    });

    it('not without a name or a value, and never beside a block', async () => {
      await start([result({ resultKey: '', result: 'x', resultType: 'str' })]);
      assert.equal(await text(), '{"data":true}');
      for (const missing of ['payload.missing', 'payload.Event.nothing']) {
        await start([result({ result: missing, resultType: 'msg' })]);
        assert.equal(await text(), '{"data":true}');
      }
      const given = result({ result: 'x', resultType: 'str' }, 'go');
      await start([given, wait('first', 50, ['stop']), block()], {}, ['go', 'first']);
      assert.equal(await text(), '{"error":"blocked by the flow"}');
    });

    it('the first of several, as it was when the flow allowed', async () => {
      const spoil = node('spoil', 'function', [['other']], {
        func: "msg.payload.Event.info = 'x'; return msg;",
      });
      const flow = [
        result({ result: 'payload.Event', resultType: 'msg' }, 'go'),
        wait('first', 50, ['spoil']),
        spoil,
        result({ result: 'late', resultType: 'str' }, 'other'),
      ];
      await start(flow, {}, ['go', 'first']);
      const { data } = (await ask()).json as unknown as { data: { info: string } };
      assert.equal(data.info, 'A test event');
    });

    it('and where it cannot be had, the policy for errors decides', async () => {
      const circle = 'const a = {}; a.a = a; msg.payload.result = a; return msg;';
      const deep =
        'let d = {}; for (let i = 0; i < 60000; i++) d = { d }; msg.payload.result = d; return msg;';
      const large = "msg.payload.result = 'x'.repeat(1000000); return msg;";
      const broken: [object, string, RegExp][] = [
        [{ result: 'payload.result', resultType: 'msg' }, circle, /score cannot be written as JSON/],
        [{ result: 'payload.result', resultType: 'msg' }, deep, /score cannot be written as JSON/],
        [{ result: 'payload.result', resultType: 'msg' }, large, /score has more than 1000000 characters/],
        [{ result: '$error("no")', resultType: 'jsonata' }, 'return msg;', /no/],
        [{ resultKey: '__proto__' }, 'return msg;', /cannot be called/],
        [{ resultKey: 'a b' }, 'return msg;', /cannot be called/],
      ];
      for (const [more, func, problem] of broken) {
        const flow = [node('spoil', 'function', [['first']], { func, outputs: 1 }), result(more)];
        await start(flow, {}, ['spoil']);
        assert.match((await ask()).json.error ?? '', problem);
      }
    });

    it('and it appears in no log', async () => {
      const log = collectLog(nodeRed.RED);
      await start([result({ result: 'private-to-misp', resultType: 'str' })]);
      assert.match(await text(), /private-to-misp/);
      log.stop();
      assert.doesNotMatch(log.text(), /private-to-misp/);
    });

    it('not to a trigger that MISP does not wait for', async () => {
      await start([result({ result: 'x', resultType: 'str' })], { trigger: 'event-after-save' });
      assert.equal(await text(), '{"data":true}');
    });
  });

  it('says so when nobody waits for the message', async () => {
    await start([
      ifTag('first', 'tlp:red', ['stop']),
      block(),
      node('inject', 'inject', [['stop']], { once: true, onceDelay: '0.1', repeat: '', props: [] }),
    ]);
    const log = collectLog(nodeRed.RED);
    await until(() => log.lines.length > 0);
    log.stop();
    assert.match(log.text(), /No request of MISP waits/);
  });

  it('a message that cannot be rendered blocks all the same, whatever the policy, and is an error besides', async () => {
    const fixed = { error: 'Execution stopped' };
    const policy = { onError: 'allow' };
    const taken = [node('catch', 'catch', [['go']], { scope: null, uncaught: false }), allow()];
    await start([block('first', '{{ Event.Tag }}')]);
    assert.match((await ask()).json.error ?? '', /'name': 'tlp:red'/);
    for (const flow of [[], taken]) {
      const log = collectLog(nodeRed.RED);
      await start([block('first', '{{ Event.info / 2 }}'), ...flow], policy);
      assert.deepEqual((await ask()).json, fixed);
      log.stop();
      if (flow.length === 0) assert.match(log.text(), /Line 1 .* cannot be filled in: .*does not work/);
    }
    const log = collectLog(nodeRed.RED);
    await start([block('first', '{% if x %}')], policy);
    log.stop();
    assert.match(log.text(), /cannot be filled in/);
    assert.deepEqual((await ask()).json, fixed);
  });

  it('an answer that the flow does not name is a block', async () => {
    await start([node('first', 'misp-response', [], { answer: '${NO_SUCH_ANSWER}', message: 'stopped' })]);
    assert.deepEqual((await ask()).json, { error: 'Execution stopped' });
  });

  it('what a message holds does not keep it from blocking', async () => {
    const spoilt = [
      'msg.misp = null; return msg;',
      'msg.misp = { filters: { enabled: [null] } }; return msg;',
      'msg.misp = { filters: 5 }; delete msg.payload; return msg;',
      "msg.payload = 'x'.repeat(1000000); return msg;",
      'let deep = {}; for (let i = 0; i < 60000; i++) deep = { deep }; msg.payload = { Event: deep }; return msg;',
      'msg.payload.self = msg.payload; return msg;',
      'Object.defineProperty(msg, "payload", { get() { throw new Error("mine"); }, enumerable: true }); return msg;',
    ];
    for (const func of spoilt) {
      const flow = [node('spoil', 'function', [['first']], { func, outputs: 1 })];
      await start([...flow, block('first', 'no {{ Event }}')], { onError: 'allow' }, ['spoil']);
      assert.match((await ask()).json.error ?? '', /^(no\b|Execution stopped)/, func);
    }
  });
});
