import { strict as assert } from 'node:assert';
import path from 'node:path';
import { allow, block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';
import { core, functions, others, structure } from '../support/shapes/attacks';
import { ordinary } from '../support/shapes/ordinary';
import { proved } from '../support/shapes/proved';
import { fn, withResponse } from '../support/shapes/shape';
import { answeredWithin } from '../support/soon';

/** The shapes that let a red event through by the rule "all paths have ended", and why that cannot be seen. */
const LET_THROUGH: Record<string, string> = {
  'function, returns null': 'the code decides to pass nothing on',
  'function: warns and decides to pass nothing on': 'the code decides to pass nothing on',
  'switch without a match': 'the switch decides: no rule matches',
  'switch: a property that is not there': 'the switch decides: no rule matches',
  'unwired outputs': 'the path ends where the drawing ends it',
  'only a disabled node behind it': 'the path ends where the drawing ends it',
};

/** What docs/limits.md says of verdicts. Which test belongs to which line stands in test/docs/limits.test.ts. */
describe('the limits of a verdict', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;

  before(async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is what is odd
    const odd = () => Promise.reject(undefined);
    nodeRed = await startNodeRed({
      packages: [path.join(root, 'test/support/other-nodes')],
      settings: { functionGlobalContext: { odd } },
    });
    port = await freePort();
  });
  after(() => nodeRed.stop());

  async function start(nodes: FlowNode[], goOn = 'ended', more: object = {}) {
    const ends = [ifTag('end', 'tlp:red', ['stop'], goOn === 'response' ? ['go'] : []), block('stop')];
    const go = goOn === 'response' ? [allow('go')] : [];
    const settings = { deadline: 1, version: 2, goOn, ...more };
    await deploy(
      nodeRed.RED,
      [tab, listener(port), trigger(['x'], settings), ...nodes, ...ends, ...go],
      credentials,
    );
    await listening(port);
  }
  const ask = (tag = 'tlp:red', more: object = {}) => query(port, 'test_module', event([tag], more));
  const goesOn = async () => assert.equal((await ask()).text, '{"data":true}');
  const isBlocked = async (words: RegExp) => assert.match((await ask()).json.error ?? '', words);

  it('"all paths have ended" lets through only what ends by the drawing or by a decision', () => {
    const shapes = [...proved, ...ordinary, ...functions, ...core, ...structure, ...others];
    const through = shapes.filter(({ red }) => red === 'allow').map(({ name }) => name);
    assert.deepEqual(through.sort(), Object.keys(LET_THROUGH).sort());
    for (const shape of shapes) assert.notEqual(withResponse(shape).red, 'allow', shape.name);
  });

  describe('what is taken for granted of code', () => {
    const keep = "flow.set('kept', msg.info);";
    const odd: [string, FlowNode[]][] = [
      ['a function of a module that rejects with nothing', fn("await global.get('odd')(); return msg;")],
      [
        'a "map" in the data that calls back later',
        [
          node('x', 'function', [['y']], {
            func: 'msg.list = { map: (each) => setTimeout(() => each(1), 150) }; return msg;',
            outputs: 1,
          }),
          node('y', 'function', [['end']], { func: 'msg.list.map(() => node.send(msg));', outputs: 1 }),
        ],
      ],
      [
        'a whole message under the name "info"',
        [
          node('x', 'function', [['y']], { func: 'msg.info = { ...msg }; return msg;', outputs: 1 }),
          node('y', 'function', [['end']], { func: keep, outputs: 1 }),
          node('tick', 'inject', [['pick']], { props: [], repeat: '0.1' }),
          node('pick', 'function', [['end']], {
            func: "const kept = flow.get('kept'); flow.set('kept', null); return kept;",
            outputs: 1,
          }),
        ],
      ],
    ];
    for (const [name, nodes] of odd) {
      it(`is wrong with ${name}: a path counts as ended, but is no answer`, async () => {
        await start(nodes);
        await goesOn();
        await start(nodes, 'response');
        await isBlocked(/without an answer/);
      });
    }
    it('has no exception for what is thrown: a function that may throw nothing is held', async () => {
      for (const func of ["throw '';", 'throw undefined;', 'throw msg.nothing;']) {
        await start(fn(func));
        await isBlocked(/did not answer in time/);
      }
      await start([...fn('throw undefined;'), node('k', 'change', [['end']], { rules: [] })]);
      await isBlocked(/did not answer in time/);
    });
  });

  describe('a function in which one promise of Promise.all fails', () => {
    const late = fn(`await Promise.all([
      Promise.reject(new Error('broken')),
      (async () => { await new Promise((ok) => setTimeout(ok, 150)); node.send(msg); })(),
    ]);`);
    it('has failed at once, although the other still sends', async () => {
      await start(late);
      const reply = await answeredWithin(140, ask);
      assert.match(reply.json.error ?? '', /^function: .*broken/);
    });
    it('has not, if a Catch node takes the error and allows', async () => {
      await start([...late, node('c', 'catch', [['taken']], { scope: ['x'] }), allow('taken')]);
      await goesOn();
    });
  });

  it('a node of another package that allows first, and blocks when it has said that it has finished', async () => {
    await start([node('x', 'other-answers-twice', [['first'], ['stop']]), allow('first')], 'response');
    await goesOn();
  });

  for (const [name, nodes] of [
    ['a node of another package', [node('x', 'other-mixes', [['end']])]],
    [
      'a function',
      fn(
        "const before = context.get('before') ?? msg.payload; context.set('before', msg.payload); msg.payload = before; return msg;",
      ),
    ],
  ] as const) {
    it(`${name} that gives a run the data of another`, async () => {
      await start([...nodes], 'response');
      await ask('tlp:green');
      await goesOn();
    });
  }

  it('an expression of our nodes that goes beyond its bounds is an error, and the policy decides', async () => {
    const endless = {
      language: 'jsonata',
      expression: '($f := function() { $f() }; $f())',
      operator: 'any_value',
    };
    for (const [onError, expected] of [
      ['block', /misp-if: .*2 s/],
      ['allow', /^$/],
    ] as const) {
      await start([node('x', 'misp-if', [['stop'], ['stop']], endless)], 'ended', { onError, deadline: 5 });
      const reply = await ask();
      assert.match(reply.json.error ?? '', expected, reply.text);
      assert.ok(reply.ms > 1900 && reply.ms < 4000, `${reply.ms} ms`);
    }
  });

  it('a regular expression that takes more than linear time is refused when the flow is deployed', async () => {
    const ahead = {
      language: 'jsonata',
      expression: '$contains(payload.Event.info, /(?=a)/)',
      operator: 'any_value',
    };
    await start([node('x', 'misp-if', [['end'], ['end']], ahead)]);
    await isBlocked(/misp-if: .*look/i);
  });
});
