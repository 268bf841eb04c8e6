import { strict as assert } from 'node:assert';
import { startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening } from '../support/misp';
import type { FlowNode } from '../support/node-red';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';

const red = event(['tlp:red']);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const fn = (func: string): FlowNode => node('x', 'function', [['stop']], { func, outputs: 1 });

/**
 * MISP's side of every fault of ours: MISP goes on after a time-out, an unusable answer, a module missing
 * from the list, and a falsy error (docs/architecture.md, "What a reply of the Action service does"). With the policy
 * "block", none of these may come from us.
 */
const faults: [string, FlowNode[], object?][] = [
  ['a message that is empty', [block('x', '')]],
  ['a message that is "0"', [block('x', '0')]],
  ['a message that is "false"', [block('x', 'false')]],
  ['a message that names what is missing', [block('x', '{{ Event.missing }}')]],
  ['a message that cannot be read', [block('x', '{% for %}')]],
  ['a message of 100,000 characters', [block('x', 'x'.repeat(100000))]],
  ['a message with quotes, line ends and other writing', [block('x', '"\\ \n\t {} [] ü 日本')]],
  ['a node that throws', [fn("throw new Error('broken');"), block()]],
  ['a node that throws a text', [fn("throw 'broken';"), block()]],
  ['a node that never answers', [fn('await new Promise(() => {});'), block()]],
  [
    'a node that spins for longer than the deadline',
    [fn('const end = Date.now() + 1500; while (Date.now() < end); return msg;'), block()],
  ],
  [
    'a payload that a node destroyed',
    [fn('msg.payload = undefined; return msg;'), ifTag('stop', 'x', ['y'], []), block('y')],
  ],
  ['a message that a node replaced', [fn('return { payload: {} , _msgid: "other" };'), block()]],
  ['a circular payload', [fn('msg.payload.self = msg.payload; return msg;'), block()]],
  ['an explicit answer that never comes', [fn('return null;'), block()], { goOn: 'response' }],
];

describe('no fault of ours makes MISP go on', function () {
  this.timeout(60000);
  let nodeRed: NodeRedProcess;
  let misp: StandInMisp;
  let port = 0;

  before(async () => {
    nodeRed = await forkNodeRed();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port: 1 },
    });
  });
  after(async () => {
    await misp.close();
    nodeRed.kill();
  });

  async function start(flow: FlowNode[], more: object = {}, service: object = {}): Promise<void> {
    port = await freePort();
    await nodeRed.deploy(
      [tab, listener(port, service), trigger(['x'], { deadline: 0.8, ...more }), ...flow],
      credentials,
    );
    await listening(port);
    misp.actionService.port = port;
    misp.workflows['event-publish'] = { module: 'test_module' };
  }
  const blocked = async (data: unknown = red) => {
    const outcome = await misp.fire('event-publish', data);
    assert.equal(outcome.blocked, true, outcome.failedOpen ?? 'MISP went on');
    return outcome.reason ?? '';
  };

  for (const [name, flow, more] of faults) {
    it(name, async () => {
      await start(flow, more);
      await blocked();
      await sleep(name.includes('spins') ? 900 : 0);
    });
  }

  it('a request that is larger than the limit', async () => {
    await start([block('x')], {}, { bodyLimit: 1 });
    assert.match(await blocked({ Event: { info: 'x'.repeat(2000000) } }), /1 MB/);
  });

  it('JSON that is nested too deep', async () => {
    await start([block('x')]);
    let data: object = {};
    for (let i = 0; i < 1000; i++) data = { data };
    assert.match(await blocked(data), /deeper/);
  });

  it('too many open runs', async () => {
    await start(
      [fn('await new Promise((ok) => setTimeout(ok, 500)); return msg;'), block()],
      {},
      { openRuns: 2 },
    );
    await Promise.all(Array.from({ length: 10 }, () => blocked()));
  });

  it('a redeploy while MISP waits', async () => {
    const flow = [fn('await new Promise((ok) => setTimeout(ok, 300)); return msg;'), block()];
    await start(flow);
    const waiting = blocked();
    await sleep(100);
    await nodeRed.deploy(
      [tab, listener(port), trigger(['x'], { deadline: 0.8, name: 'new' }), ...flow],
      credentials,
    );
    await waiting;
    await blocked();
  });

  it('a trigger that was deleted, disabled or renamed', async () => {
    await start([block('x')]);
    for (const more of [{ d: true }, { module: 'renamed' }]) {
      await nodeRed.deploy([tab, listener(port), trigger(['x'], more), block('x')], credentials);
      assert.match(await blocked(), /gone/);
    }
    await nodeRed.deploy([tab, listener(port)], credentials);
    assert.match(await blocked(), /gone/);
  });

  it('a module that never was', async () => {
    await start([block('x')]);
    misp.workflows['event-publish'] = { module: 'never_was' };
    const outcome = await misp.fire('event-publish', red);
    // MISP does not even ask for a module that is not in the list: nothing can be done about a wrong name.
    assert.equal(outcome.blocked, false);
    assert.match(outcome.failedOpen ?? '', /module/);
  });

  it('a clean end of Node-RED while MISP waits', async () => {
    await start([fn('await new Promise(() => {});'), block()]);
    const waiting = blocked();
    await sleep(200);
    await nodeRed.stop();
    await waiting;
  });
});
